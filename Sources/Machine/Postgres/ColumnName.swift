import Findings

/// A column by schema, table and name.
package struct ColumnName: ExactlyNamed, Sendable, Comparable, CustomStringConvertible {
    package let table: TableName
    package let name: String

    package init(table: TableName, name: String) {
        self.table = table
        self.name = name
    }

    /// Reads `table.column` (in `public`) or `schema.table.column`, as ``nameParts(of:)`` does.
    package init?(parsing text: String) {
        guard let parts = Postgres.nameParts(of: text), (2...3).contains(parts.count) else { return nil }
        self.init(
            table: TableName(schema: parts.count == 3 ? parts[0] : "public", name: parts[parts.count - 2]),
            name: parts[parts.count - 1])
    }

    package var nameParts: [String] { [table.schema, table.name, name] }

    package var description: String { "\(table).\(name)" }

    package static func < (left: Self, right: Self) -> Bool { (left.table, left.name) < (right.table, right.name) }
}
