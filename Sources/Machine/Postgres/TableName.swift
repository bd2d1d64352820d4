import Findings

/// A table by schema and name.
package struct TableName: ExactlyNamed, Sendable, Comparable, CustomStringConvertible {
    package let schema: String
    package let name: String

    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// Reads `table` (in `public`) or `schema.table`, as ``nameParts(of:)`` does.
    package init?(parsing text: String) {
        guard let parts = Postgres.nameParts(of: text), (1...2).contains(parts.count) else { return nil }
        self.init(schema: parts.count == 2 ? parts[0] : "public", name: parts[parts.count - 1])
    }

    package var nameParts: [String] { [schema, name] }

    package var description: String { "\(schema).\(name)" }

    /// Quoted, for SQL.
    package var sql: String { "\(quoteIdentifier(schema)).\(quoteIdentifier(name))" }

    package static func < (left: Self, right: Self) -> Bool { (left.schema, left.name) < (right.schema, right.name) }
}
