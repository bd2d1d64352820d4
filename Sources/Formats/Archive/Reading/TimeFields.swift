import Rows

/// The fields of a row that hold times with a time zone. `pg_dump` writes them in the time zone of its session, which
/// an archive does not name; canonical rows have them in UTC.
struct TimeFields {
    private let indices: [Int]
    private let columns: Int

    /// - Parameter indices: which fields, from 0, ascending.
    init(_ indices: [Int], of columns: Int) {
        self.indices = indices
        self.columns = columns
    }

    var isEmpty: Bool { indices.isEmpty }

    /// Calls `body` with the row in canonical form. A field that is no time is left as it is.
    @inline(__always)
    func withUTC(_ row: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        if indices.isEmpty || indices.allSatisfy({ isCanonical($0, row) }) { return body(row) }
        rewritten(row).withUnsafeBytes(body)
    }

    private func isCanonical(_ index: Int, _ row: UnsafeRawBufferPointer) -> Bool {
        guard let field = CopyText.field(at: index, of: columns, in: row) else { return true }
        return DatabaseTime.isInUTC(field)
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
