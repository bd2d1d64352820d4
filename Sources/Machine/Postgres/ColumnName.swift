import Findings

/// A column by schema, table and name.
package struct ColumnName: ExactlyNamed, Sendable, Comparable, CustomStringConvertible {
    package let table: TableName
    package let name: String

    package init(table: TableName, name: String) {
        self.table = table
        self.name = name
    }

    /// Reads `table.column` (in `public`) or `schema.table.column`.
    package init?(parsing text: String) {
        guard let dot = text.lastIndex(of: "."), let table = TableName(parsing: String(text[..<dot])) else {
            return nil
        }
        let name = String(text[text.index(after: dot)...])
        guard !name.isEmpty else { return nil }
        self.init(table: table, name: name)
    }

    package var nameParts: [String] { [table.schema, table.name, name] }

    package var description: String { "\(table).\(name)" }

    package static func < (left: Self, right: Self) -> Bool { (left.table, left.name) < (right.table, right.name) }
}
