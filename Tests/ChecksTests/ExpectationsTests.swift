import Backup
import Findings
import Postgres
import TestSupport
import Testing

@testable import Checks

/// What is expected comes from several sources; a check answers each of them, and says whose expectation it is.
@Suite(.oneServer) struct ExpectationsTests {
    /// A check that is asked the same by two sources: what the manifest says is so, and what the plan says is not.
    struct Row: Sendable, CustomTestStringConvertible {
        let check: any Check
        let sql: String
        let subject: String
        let expectations: Expectations
        /// Of the plan's expectation.
        let status: CheckStatus

        init<C: Check>(
            _ check: C, _ sql: String, _ subject: String, kept: C.Demands, broken: C.Demands,
            _ status: CheckStatus = .failed
        ) {
            self.check = check
            self.sql = sql
            self.subject = subject
            self.status = status
            var expectations = Expectations()
            // The plan first: the order of the findings does not depend on who came first.
            expectations.add(broken, of: .plan, to: C.self)
            expectations.add(kept, of: .manifest, to: C.self)
            self.expectations = expectations
        }

        var testDescription: String { check.id.description }
    }

    private static let sequence = TableName(schema: "public", name: "t_id_seq")
    private static let table = TableName(schema: "public", name: "t")
    private static let sql = """
        CREATE TABLE t (id serial PRIMARY KEY, at timestamptz, doc jsonb);
        CREATE INDEX t_at ON t (at);
        INSERT INTO t (at, doc) SELECT '2026-05-01T11:00Z', '{"a": 1}' FROM generate_series(1, 7);
        SELECT lo_create(4711)
        """

    static let rows = [
        Row(
            RowCountsCheck(), sql, "public.t", kept: [table: RowCountExpectation(exactly: 7)],
            broken: [table: RowCountExpectation(minimum: 8)]),
        Row(
            RowCountsCheck(), "SELECT", "public.t", kept: [:], broken: [table: RowCountExpectation(minimum: 8)]),
        Row(
            FreshnessCheck(), sql, "public.t.at",
            kept: [ColumnName(table: table, name: "at"): FreshnessExpectation(within: .seconds(7200))],
            broken: [ColumnName(table: table, name: "at"): FreshnessExpectation(within: .seconds(60))]),
        Row(
            SequencesCheck(), sql, "public.t_id_seq",
            kept: SequencesExpectation(states: [sequence: SequenceExpectation(last: 7, isCalled: true)]),
            broken: SequencesExpectation(states: [sequence: SequenceExpectation(last: 8, isCalled: true)])),
        Row(
            LargeObjectsCheck(), sql, "large objects", kept: LargeObjectsExpectation(count: 1),
            broken: LargeObjectsExpectation(count: 2)),
        Row(
            JSONBCheck(), sql, "public.t.doc",
            kept: [ColumnName(table: table, name: "doc"): JSONBExpectation(type: .object)],
            broken: [ColumnName(table: table, name: "doc"): JSONBExpectation(every: ["$.a == 2"])]),
        Row(
            ExtensionsCheck(), sql, "plpgsql", kept: [ExtensionName("plpgsql"): ExtensionExpectation()],
            broken: [ExtensionName("plpgsql"): ExtensionExpectation(version: "9")], .inconclusive),
        Row(
            SecurityCheck(), sql, "public.t", kept: [table: SecurityExpectation(owner: "postgres")],
            broken: [table: SecurityExpectation(rowSecurity: .enabled)]),
        Row(
            SchemaVersionCheck(), sql, "public.t.id",
            kept: SchemaVersionExpectation(column: ColumnName(table: table, name: "id"), demand: .exactly("7")),
            broken: SchemaVersionExpectation(column: ColumnName(table: table, name: "id"), demand: .exactly("8"))),
        Row(
            SQLCheck(), sql, "q", kept: [SQLExpectation(name: "q", query: "SELECT 1", equals: .number(1))],
            broken: [SQLExpectation(name: "q", query: "SELECT 1", equals: .number(2))]),
        Row(
            QueriesCheck(), sql, "q",
            kept: [QueryExpectation(name: "q", query: "SELECT 1", within: .seconds(600))],
            broken: [QueryExpectation(name: "q", query: "SELECT 1", within: .nanoseconds(1))]),
    ]

    @Test(arguments: rows)
    func oneFindingForEachBasis(_ row: Row) async throws {
        let findings = try await Self.findings(of: row.check, row.expectations, on: row.sql)
        let based = findings.filter { $0.subject == row.subject && ($0.basis == .manifest || $0.basis == .plan) }
        let isThere = row.sql == Self.sql
        #expect(based.map(\.basis) == (isThere ? [.manifest, .plan] : [.plan]), "\(findings)")
        #expect(based.map(\.status) == (isThere ? [.passed, row.status] : [row.status]), "\(findings)")
        for finding in based { #expect(finding.reason?.contains("the manifest") != true, "\(finding)") }
    }

    /// Each is told whose expectation it is that was not met.
    @Test func theReasonNamesTheSource() async throws {
        var expectations = Expectations()
        for basis in Basis.allCases {
            expectations.add([Self.table: RowCountExpectation(exactly: 8)], of: basis, to: RowCountsCheck.self)
        }
        let findings = try await Self.findings(of: RowCountsCheck(), expectations, on: Self.sql)
        #expect(findings.map(\.basis) == Basis.allCases)
        for finding in findings {
            let basis = try #require(finding.basis)
            #expect(finding.reason == "the table does not have as many rows as \(basis.source) expects")
        }
    }

    /// A table that the backup names and the plan as well, and that is not there: both say so.
    @Test func theBackupAndThePlanMissOneTable() async throws {
        var plan = CheckPlan()
        plan.rowCounts[Self.table] = RowCountExpectation(minimum: 1)
        let findings = try await Checking(
            plan: plan, objects: [ExpectedObject(kind: "TABLE", schema: "public", name: "t", owner: nil)]
        ).findings("row-counts")
        #expect(findings.map(\.basis) == [.archive, .plan])
        #expect(findings.map(\.expected) == ["the table exists", "at least 1 row"])
        #expect(findings.allSatisfy { $0.status == .failed && $0.observed == "no such table" })
    }

    /// A sequence that is not behind its column, and has not come as far as at the source; and one that is not there.
    @Test func sequencesThatGiveKeysAgain() async throws {
        var expectations = Expectations()
        let there = TableName(schema: "public", name: "t_id_seq")
        let gone = TableName(schema: "public", name: "gone")
        expectations.add(
            SequencesExpectation(states: [
                there: SequenceExpectation(last: 9, isCalled: true),
                gone: SequenceExpectation(last: 1, isCalled: false),
            ]), of: .manifest, to: SequencesCheck.self)
        let findings = try await Self.findings(of: SequencesCheck(), expectations, on: Self.sql)
        #expect(findings.map(\.basis) == [.rule, .manifest, .manifest])
        #expect(findings.map(\.status) == [.passed, .failed, .failed])
        #expect(findings.map(\.observed) == ["not behind", "no such sequence", "has given 7"])
    }

    /// Asks one check of a database, with the expectations as they are.
    private static func findings(
        of check: any Check, _ expectations: Expectations, on sql: String
    ) async throws -> [Finding] {
        try await Checking(sql: sql).withDatabase { restored in
            let settings = ["search_path": "", "TimeZone": "UTC", "DateStyle": "ISO"]
            return try await ConnectionPool.with(2, to: restored.target, settings: settings) { pool in
                let context = CheckContext(
                    catalogue: try await pool.with { try await Catalogue.read(over: $0) },
                    contents: restored.contents, expectations: expectations, serverVersion: restored.serverVersion,
                    backupTime: Checking.noon, recoveryPoint: nil, connections: pool, deadline: .seconds(600))
                let run = CheckRun([check], emit: { _ in })
                try await run.ask(in: context)
                return try await run.findings(in: context)
            }
        }
    }
}
