import Findings
import Postgres

/// A CHECK constraint, as one table has it.
struct CheckConstraint: Sendable, Hashable {
    /// Where it was defined: partitions and inheriting tables only have copies of it.
    let origin: ConstraintName
    /// What must not be false, in terms of the table.
    let expression: String
    /// The source knows that rows may break it: NOT VALID or NOT ENFORCED.
    let isKnownAtSource: Bool

    /// Counts the rows that break it. NULL does not.
    var broken: ScanQuestion {
        ScanQuestion(aggregate: "count(*) FILTER (WHERE (\(expression)) IS FALSE)")
    }

    /// Those of some tables, by the tables' OIDs.
    /// - Parameter tables: an array of OIDs, in PostgreSQL's text format.
    static func read(of tables: String, over connection: Connection) async throws -> [Int64: [CheckConstraint]] {
        let expressions = Dictionary(
            uniqueKeysWithValues: try await connection.query(Self.expressions, [tables]).map {
                (try $0.need(at: 0, as: Int64.self), try $0.get(at: 1, as: String.self))
            })
        var checks: [Int64: [CheckConstraint]] = [:]
        for row in try await connection.query(SQLFile.checkConstraints.text) {
            guard let expression = try expressions[row.need("oid", as: Int64.self)] ?? nil else { continue }
            let table = TableName(schema: try row.need("schema"), name: try row.need("origin"))
            checks[try row.need("table"), default: []].append(
                CheckConstraint(
                    origin: ConstraintName(table: table, name: try row.need("name")), expression: expression,
                    isKnownAtSource: try row.need("known_at_source")))
        }
        return checks
    }

    private static let expressions = """
        SELECT k.oid::int8, pg_catalog.pg_get_expr(k.conbin, k.conrelid)
        FROM pg_catalog.pg_constraint k
        WHERE k.contype = 'c' AND k.conrelid = ANY ($1::pg_catalog.oid[])
        """
}

/// A constraint by its table and its own name.
struct ConstraintName: ExactlyNamed, Sendable, Comparable, CustomStringConvertible {
    let table: TableName
    let name: String

    var nameParts: [String] { [table.schema, table.name, name] }

    var description: String { "\(table).\(name)" }

    static func < (left: Self, right: Self) -> Bool { (left.table, left.name) < (right.table, right.name) }
}

extension SQLFile {
    static var checkConstraints: SQLFile { SQLFile(PackageResources.check_constraints_sql) }
}
