import Rows

/// Turns canonical rows into the bytes of a file.
///
/// Append-only and without state between rows: a row's bytes depend on the row alone, so parts of a file can be written
/// apart.
package protocol RowWriter: Sendable {
    /// What stands before the first row: a header, or nothing.
    var header: [UInt8] { get }

    /// Appends a row's bytes, its line end included.
    /// - Parameter row: in canonical form, without its newline.
    /// - Throws: ``RowError`` when the row has not as many fields as there are columns.
    func append(_ row: UnsafeRawBufferPointer, to output: inout [UInt8]) throws(RowError)
}

/// Turns the bytes of a file back into canonical rows: what ``RowWriter`` wrote, strictly.
package protocol RowReader {
    /// Takes the next bytes of the file, wherever they were cut, and hands over the rows that they complete, in canonical
    /// form without newlines. A row's memory is only good during the call.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Says that the file has come to its end.
    /// - Throws: ``RowError`` when it ended within a row, or before the header was whole.
    mutating func finish() throws(RowError)
}

/// Why bytes are not the rows that they should be. Never quotes values.
package enum RowError: Error, Sendable, Equatable {
    /// A row has another number of fields than there are columns.
    case fieldCount(row: Int64, expected: Int, found: Int)
    /// The header names other columns.
    case header
    /// The file ends within a row.
    case cutOff(row: Int64)
    /// Not in the format at all; `what` says what is wrong, such as "text behind a closing quote".
    case malformed(row: Int64, what: String)
    /// A row is larger than PostgreSQL can make one (1 GiB a field).
    case tooLong(row: Int64)
}

extension RowError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fieldCount(let row, let expected, let found): "row \(row) has \(found) fields instead of \(expected)"
        case .header: "its header does not name the columns of the manifest"
        case .cutOff(let row): "it ends within row \(row)"
        case .malformed(let row, let what): "row \(row): \(what)"
        case .tooLong(let row): "row \(row) is longer than a row can be"
        }
    }
}
