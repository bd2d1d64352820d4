import Rows
import Values

/// The fields of a row that hold times with a time zone. `pg_dump` writes them in the time zone of its session, which
/// an archive does not name; canonical rows have them in UTC.
struct TimeFields {
    private let indices: [Int]

    /// - Parameter indices: which fields, from 0, ascending.
    init(_ indices: [Int]) { self.indices = indices }

    var isEmpty: Bool { indices.isEmpty }

    /// Calls `body` with the row in canonical form. A field that is no time is left as it is.
    /// - Parameter fields: of the row, one for each column.
    @inline(__always)
    func withUTC(_ row: UnsafeRawBufferPointer, _ fields: borrowing RowFields, _ body: (UnsafeRawBufferPointer) -> Void)
    {
        for index in indices where !DatabaseTime.isInUTC(fields[index].bytes) {
            return rewritten(row).withUnsafeBytes(body)
        }
        body(row)
    }

    private func rewritten(_ row: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(row.count + 8)
        var index = 0
        for field in row.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false) {
            if index > 0 { result.append(UInt8(ascii: "\t")) }
            let field = UnsafeRawBufferPointer(rebasing: field)
            if indices.contains(index), !DatabaseTime.isInUTC(field), let time = DatabaseTime(zoned: field) {
                result += time.description.utf8
            } else {
                result += field
            }
            index += 1
        }
        return result
    }
}
