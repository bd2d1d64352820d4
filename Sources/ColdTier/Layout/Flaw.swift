import Bytes
import Rows

/// What is wrong within a row. The inner loops throw it, so it is one byte and allocates no memory.
enum Flaw: UInt8, Error {
    case fieldCount
    /// The bytes end before the row does. This is an error only if no more bytes come.
    case incomplete
    /// The row needs more room than most rows. A writer never throws this to its caller.
    case room
    case escape
    case control
    case number
    case boolean
    case time
    case hex
    case array
    case json
    case quote
    case unquoted
    case key
    case lineEnd

    var what: String {
        switch self {
        case .fieldCount: "another number of fields than there are columns"
        case .incomplete, .room: "it ends too early"
        case .escape: "an escape that is never written"
        case .control: "a control byte where none is ever written"
        case .number: "not a valid number"
        case .boolean: "a boolean that is neither true nor false"
        case .time: "a time that its column cannot hold"
        case .hex: "hex digits that are never written"
        case .array: "an array that is never written"
        case .json: "JSON that jsonb never looks like"
        case .quote: "text after a closing quote"
        case .unquoted: "text without quotes"
        case .key: "another key than the next column's"
        case .lineEnd: "text after the end of the row"
        }
    }

    /// - Parameter found: evaluated only if the number of fields is wrong.
    func error(row: Int64, columns: Int, found: @autoclosure () -> Int) -> RowError {
        self == .fieldCount
            ? .fieldCount(row: row, expected: columns, found: found()) : .malformed(row: row, what: what)
    }
}

/// How many fields a canonical row has; for rows with at least one column.
func countFields(_ row: UnsafeRawBufferPointer) -> Int {
    row.reduce(1) { $1 == ASCII.tab ? $0 + 1 : $0 }
}
