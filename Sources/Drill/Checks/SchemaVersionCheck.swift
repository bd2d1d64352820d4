import Findings
import PlanKeys
import Postgres

/// Has the schema the version that the plan expects?
struct SchemaVersionCheck: Check {
    static let description = CheckDescription(
        id: "schema-version",
        asks: "Is the schema of the version that the application expects?",
        covers: """
            The newest version in the table that the plan names: the largest, number by number where all are numbers with \
            dots, else by the column's own order. Compared as text with the version that the plan expects, or with its \
            minimum.
            """,
        doesNotCover: "Whether the schema is what that version means, and whether each migration before it has run.",
        notRun: "the plan names no table that says it (\(PlanKey.checksSchemaVersion))",
        example: """
            table: schema_versions
            column: version
            minimum: 9
            """)

    let expectation: SchemaVersionExpectation?

    func probes(in context: CheckContext) async throws -> [Probe] {
        guard let expectation, let table = context.catalogue.table(expectation.column.table) else { return [] }
        return [
            Probe(
                expectation.column.description, needs: .reading([table]), basis: .plan, expected: expectation.words
            ) { [try await finding(expectation, in: table, context, over: $0)] }
        ]
    }

    /// What no probe can say: there is no such table.
    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        guard let expectation, context.catalogue.table(expectation.column.table) == nil else { return [] }
        return [absent(expectation, "no such table", in: context)]
    }

    private func absent(
        _ expectation: SchemaVersionExpectation, _ observed: String, in context: CheckContext
    ) -> Finding {
        Finding(
            absent: expectation.column.description, id: Self.id, basis: .plan, expected: expectation.words,
            observed: observed,
            reason:
                "the plan reads the version there, and the restored database does not have it; see whether the plan spells it right",
            in: context)
    }

    private func finding(
        _ expectation: SchemaVersionExpectation, in table: Table, _ context: CheckContext, over session: Session
    ) async throws -> Finding {
        let rows: [Row]
        do {
            rows = try await session.query(Self.newest(expectation.column.name, of: table))
        } catch let error as PostgresError where error.sqlState == .undefinedColumn {
            return absent(expectation, "no such column", in: context)
        }
        guard let version = try rows.first?.need(at: 0, as: String.self) else {
            return Finding(
                absent: expectation.column.description, id: Self.id, basis: .plan, expected: expectation.words,
                observed: "no version", reason: "the table says no version: it has no rows, or none with one",
                in: context)
        }
        var finding = Finding(
            id: Self.id, subject: expectation.column.description, status: .passed, basis: .plan,
            expected: expectation.words, observed: version)
        switch expectation.allows(version) {
        case true?: break
        case false?:
            finding.status = .failed
            finding.reason =
                "the schema is not of the version that the plan expects: another database, a backup from before a migration, or a plan from before it"
            finding.cause = .backup
        case nil:
            finding.status = .inconclusive
            finding.reason =
                "this version is more than numbers and dots, so no minimum can be compared: name it as expected in the plan"
            finding.cause = .environment
        }
        return finding
    }

    private static func newest(_ column: String, of table: Table) -> String {
        """
        WITH v AS MATERIALIZED (
            SELECT t.\(quoteIdentifier(column)) AS version FROM \(table.sql) t WHERE t.\(quoteIdentifier(column)) IS NOT NULL
        )
        SELECT version::text AS newest FROM v
        ORDER BY CASE WHEN (SELECT bool_and(version::text ~ '^[0-9]{1,18}([.][0-9]{1,18}){0,9}$') FROM v)
                      THEN string_to_array(version::text, '.')::numeric[] END DESC, version DESC
        LIMIT 1
        """
    }
}

extension SQLState {
    fileprivate static let undefinedColumn = SQLState(rawValue: "42703")
}
