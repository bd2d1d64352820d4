import Findings
import Postgres

/// What a person expects of the restored database, by check. Empty, every check asks what needs no expectation.
package struct CheckPlan: Sendable, Equatable {
    package var rowCounts: [TableName: RowCountExpectation] = [:]
    package var freshness: [ColumnName: FreshnessExpectation] = [:]
    package var jsonb: [ColumnName: JSONBExpectation] = [:]
    /// Indexes that must be there, by schema and name.
    package var indexes: [TableName] = []
    package var partitions: [TableName: PartitionExpectation] = [:]
    package var extensions: [ExtensionName: ExtensionExpectation] = [:]
    package var schemaVersion: SchemaVersionExpectation?
    package var security: [TableName: SecurityExpectation] = [:]
    package var sql: [SQLExpectation] = []
    package var queries: [QueryExpectation] = []
    /// Ids of checks that are not to run, with the reason that the plan gives.
    package var skipped: [String: String] = [:]

    package init() {}
}

/// How many rows a table should have; nil bounds nothing.
package struct RowCountExpectation: Sendable, Equatable {
    package var minimum: Int64?
    package var maximum: Int64?
    package var exactly: Int64?

    package init(minimum: Int64? = nil, maximum: Int64? = nil, exactly: Int64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
        self.exactly = exactly
    }

    func allows(_ rows: Int64) -> Bool {
        rows >= minimum ?? .min && rows <= maximum ?? .max && (exactly == nil || rows == exactly)
    }

    var words: String {
        [
            exactly.map { "exactly \(counted($0, "row"))" }, minimum.map { "at least \(counted($0, "row"))" },
            maximum.map { "at most \(counted($0, "row"))" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// How old the newest value of a column may be, counted back from the time of the backup.
package struct FreshnessExpectation: Sendable, Equatable {
    /// Nil takes the plan's recovery point objective.
    package var within: Duration?

    package init(within: Duration?) { self.within = within }
}

/// What every value of a JSON column should be.
package struct JSONBExpectation: Sendable, Equatable {
    package enum JSONType: String, Sendable, CaseIterable { case object, array, string, number, boolean, null }

    package var type: JSONType?
    /// jsonpath predicates that every value satisfies, such as `$.type == "Polygon"`.
    package var every: [String]

    package init(type: JSONType? = nil, every: [String] = []) {
        self.type = type
        self.every = every
    }
}

extension TableName {
    /// To compare with a name that a plain dump tells in a comment.
    var onOneLine: TableName { TableName(schema: Checks.onOneLine(schema), name: Checks.onOneLine(name)) }
}

/// pg_dump writes a name into a plain dump's comments on one line, whatever is in it.
func onOneLine(_ name: String) -> String { String(name.map { $0.isNewline ? " " : $0 }) }

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
