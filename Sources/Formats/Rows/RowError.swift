/// Why bytes are not the rows that they should be. Never quotes values. Rows count from 1.
package enum RowError: Error, Sendable, Equatable {
    /// A row has another number of fields than there are columns.
    case fieldCount(row: Int64, expected: Int, found: Int)
    /// The header names other columns, or ends before it is whole.
    case header
    /// The bytes end within a row.
    case cutOff(row: Int64)
    /// The row breaks the format; `what` says what is wrong, such as "text after a closing quote".
    case malformed(row: Int64, what: String)
    /// A row is larger than PostgreSQL can make one (1 GiB).
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
