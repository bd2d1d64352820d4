import Findings
import PlanFile
import PlanKeys
import Postgres

extension CheckID {
    package static let schemaVersion = CheckID("schema-version")
}

/// Has the schema the version that the plan expects?
struct SchemaVersionCheck: Check {
    static let description = CheckDescription(
        id: .schemaVersion,
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
            """,
        needsPlan: true)

    static func demands(of node: PlanNode) throws(PlanError) -> SchemaVersionExpectation? {
        try SchemaVersionExpectation(node)
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        context.expectations.of(Self.self).compactMap { expectation in
            let (column, words) = (expectation.demand.column, expectation.demand.words)
            guard let table = context.catalogue.table(column.table) else { return nil }
            return Probe(
                column.description, key: column.nameParts + [expectation.basis.rawValue], needs: .reading([table]),
                basis: expectation.basis, expected: words
            ) { [try await finding(expectation, in: table, context, over: $0)] }
        }
    }

    /// What no probe can say: there is no such table.
    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        context.expectations.of(Self.self).filter { context.catalogue.table($0.demand.column.table) == nil }.map {
            absent($0, "no such table", in: context)
        }
    }

    private func absent(
        _ expectation: Based<SchemaVersionExpectation>, _ observed: String, in context: CheckContext
    ) -> Finding {
        let basis = expectation.basis
        return Finding(
            absent: expectation.demand.column.description, id: Self.id, basis: basis,
            expected: expectation.demand.words, observed: observed,
            reason:
                "\(basis.source) reads the version there, and the restored database does not have it\(basis.ifWritten("; see whether the plan spells it right"))",
            in: context)
    }

    private func finding(
        _ expectation: Based<SchemaVersionExpectation>, in table: Table, _ context: CheckContext,
        over session: Session
    ) async throws -> Finding {
        let (basis, demand) = (expectation.basis, expectation.demand)
        let subject = demand.column.description
        let rows: [Row]
        do {
            rows = try await session.query(Self.newest(demand.column.name, of: table))
        } catch let error as PostgresError where error.sqlState == .undefinedColumn {
            return absent(expectation, "no such column", in: context)
        }
        guard let version = try rows.first?.need(at: 0, as: String.self) else {
            return Finding(
                absent: subject, id: Self.id, basis: basis, expected: demand.words, observed: "no version",
                reason: "the table says no version: it has no rows, or none with one", in: context)
        }
        var finding = Finding(
            id: Self.id, subject: subject, status: .passed, basis: basis, expected: demand.words, observed: version)
        switch demand.allows(version) {
        case true?: break
        case false?:
            finding.status = .failed
            finding.reason =
                "the schema is not of the version that \(basis.source) expects: another database, a backup from before a migration\(basis.ifWritten(", or a plan from before it"))"
            finding.cause = basis.fault
        case nil:
            finding.status = .inconclusive
            finding.reason =
                "this version is more than numbers and dots, so no minimum can be compared: name it as expected in \(basis.source)"
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
