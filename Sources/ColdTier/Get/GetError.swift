import Postgres

/// Why no rows were looked for, or why what was read is not shown.
package enum GetError: Error, Sendable, Equatable {
    case noTable(TableName, location: String)
    /// The table has no primary key in any of its definitions.
    case noKey(TableName)
    case keyCount(given: Int, columns: [String], TableName)
    case noColumn(String, TableName)
    case noCondition
    /// A value that no row can have; what is expected instead.
    case value(column: String, type: String, expected: String)
    /// A file is not what was exported.
    case damaged(file: String, reason: String)
}

extension GetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTable(let table, let location):
            "the export in \(location) has no table \(table); write schema.table where it is not in public"
        case .noKey(let table): "\(table) has no primary key: say which rows with --where column=value"
        case .keyCount(let given, let columns, let table):
            """
            the primary key of \(table) is \(columns.joined(separator: ", ")): give --key once for each of these columns, in \
            this order, and not \(given) times
            """
        case .noColumn(let text, let table): "\(table) has no column as in “\(text)”: write column=value"
        case .noCondition: "say which rows: --key, or --where column=value"
        case .value(let column, let type, let expected):
            "the column \(column) is of type \(type), and what is looked for is no value of it: write \(expected)"
        case .damaged(let file, let reason):
            """
            \(file) is not what was exported: \(reason). Nothing of that part of it was printed; get the file back from another \
            copy
            """
        }
    }
}
