import Postgres

/// A sequence of the restored database that belongs to columns of whole numbers.
struct KeySequence: Sendable {
    let oid: Int64
    let name: TableName
    /// Negative for one that counts down; never 0.
    let increment: Int64
    let range: ClosedRange<Int64>
    let cycles: Bool
    var columns: [SequenceColumn] = []

    var isAscending: Bool { increment > 0 }

    /// - Parameter rows: of `sequences.sql`.
    static func all(_ rows: [Row]) throws -> [KeySequence] {
        var sequences: [KeySequence] = []
        for row in rows {
            let oid = try row.need("sequence", as: Int64.self)
            if sequences.last?.oid != oid {
                sequences.append(
                    KeySequence(
                        oid: oid, name: TableName(schema: try row.need("schema"), name: try row.need("name")),
                        increment: try row.need("increment"),
                        range: try row.need("minimum", as: Int64.self)...(try row.need("maximum", as: Int64.self)),
                        cycles: try row.need("cycles")))
            }
            sequences[sequences.count - 1].columns.append(try SequenceColumn(row))
        }
        return sequences
    }

    // MARK: Questions

    /// The key of a column that lies farthest ahead, among those that the sequence can give. The last one of all does not
    /// count: rows are put there by hand, as placeholders, and a sequence that arrives there is at its end anyway.
    func farthest(in column: SequenceColumn) -> ScanQuestion {
        let key = column.sql
        let range = range(for: column)
        let condition =
            isAscending
            ? "\(key) >= \(range.lowerBound) AND \(key) < \(range.upperBound)"
            : "\(key) <= \(range.upperBound) AND \(key) > \(range.lowerBound)"
        return ScanQuestion(aggregate: "(\(isAscending ? "max" : "min")(\(key)) FILTER (WHERE \(condition)))::int8")
    }

    /// The same, from `next` on and in the sequence's own steps: what lies between them may come from another sequence.
    func farthest(in column: SequenceColumn, of table: Table, from next: Int64) -> String {
        "SELECT \(farthest(in: column).aggregate) FROM \(table.sql) WHERE (\(column.sql)::numeric - (\(next))) % \(increment) = 0"
    }

    /// Whether keys that the sequence gives soon are taken, how many rows lie ahead of it, and how many there are.
    func ahead(in column: SequenceColumn, of table: Table, from next: Int64) -> String {
        let range = range(for: column)
        let isAhead =
            isAscending
            ? "k >= \(next) AND k < \(range.upperBound)" : "k <= \(next) AND k > \(range.lowerBound)"
        let soon = "(\(next))::numeric + \(Self.soon) * (\(increment))"
        return """
            SELECT count(*) FILTER (WHERE \(isAhead) AND k \(isAscending ? "<" : ">") \(soon)) AS soon,
                   count(*) FILTER (WHERE \(isAhead)) AS ahead, count(k) AS rows
            FROM (SELECT \(column.sql)::numeric AS k FROM \(table.sql)) keys
            """
    }

    /// Keys after which nobody would be surprised by one that is taken.
    private static let soon = 1000

    /// The keys that the sequence can give to a column.
    func range(for column: SequenceColumn) -> ClosedRange<Int64> { range.clamped(to: column.range) }

    var readState: String { SequenceState.query(name) }
}

/// A column of whole numbers that a sequence belongs to.
struct SequenceColumn: Sendable {
    /// Its table's oid.
    let table: Int64
    let name: String
    /// What its type can hold, as far as a sequence goes.
    let range: ClosedRange<Int64>
    let isIdentity: Bool
    /// The column's default, by oid; nil where that does not refer to the sequence.
    let defaultID: Int64?
    /// It is in the key of a unique index.
    let isUnique: Bool

    var sql: String { quoteIdentifier(name) }

    /// Nothing but the owner of the sequence: no INSERT takes keys of it by itself.
    var isOwnerOnly: Bool { !isIdentity && defaultID == nil }

    fileprivate init(_ row: Row) throws {
        table = try row.need("table")
        name = try row.need("column")
        range =
            switch try row.need("type", as: String.self) {
            case "smallint": Int64(Int16.min)...Int64(Int16.max)
            case "integer": Int64(Int32.min)...Int64(Int32.max)
            default: Int64.min...Int64.max
            }
        isIdentity = try row.need("is_identity")
        defaultID = try row.get("default")
        isUnique = try row.need("is_unique")
    }
}

extension SQLFile {
    static var sequences: SQLFile { SQLFile(PackageResources.sequences_sql) }
}
