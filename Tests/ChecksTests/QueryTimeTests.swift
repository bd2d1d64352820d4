import Findings
import Postgres
import Scratch
import TestSupport
import Testing

@testable import Checks

/// How long the plan's queries take, and what that means.
@Suite(.oneServer) struct QueryTimeTests {
    private static let slow = "SELECT pg_catalog.pg_sleep(0.1)"

    private static func finding(
        _ id: CheckID, _ query: String, within: Duration, deadline: Duration = .seconds(600)
    ) async throws -> Finding {
        var plan = CheckPlan()
        if id == "sql" {
            plan.sql = [SQLExpectation(name: "q", query: query, within: within)]
        } else {
            plan.queries = [QueryExpectation(name: "q", query: query, within: within)]
        }
        let findings = try await Checking(plan: plan, deadline: deadline).findings(id)
        #expect(findings.count == 1)
        let finding = try #require(findings.first)
        #expect(finding.subject == "q")
        #expect(finding.basis == .plan)
        return finding
    }

    @Test(arguments: [CheckID.sql, .queries])
    func inTime(_ id: CheckID) async throws {
        let finding = try await Self.finding(id, "SELECT 1", within: .seconds(30))
        #expect(finding.status == .passed)
        #expect(finding.expected == "within 30s")
        #expect(try #require(finding.observed).contains(/[0-9]+\.[0-9] ms$/))
    }

    @Test(arguments: [CheckID.sql, .queries])
    func tooSlow(_ id: CheckID) async throws {
        let finding = try await Self.finding(id, Self.slow, within: .milliseconds(50))
        #expect(finding.status == .failed)
        #expect(finding.cause == .objective)
        #expect(finding.expected == "within 50ms")
        #expect(try #require(finding.observed).contains(/[0-9]{3,}\.[0-9] ms$/))
        #expect(finding.reason?.contains("longer than the plan allows") == true)
    }

    @Test(arguments: [CheckID.sql, .queries])
    func slowerThanAnyStatementMayBe(_ id: CheckID) async throws {
        let finding = try await Self.finding(
            id, "SELECT pg_catalog.pg_sleep(60)", within: .milliseconds(500), deadline: .seconds(1))
        #expect(finding.status == .failed)
        #expect(finding.cause == .objective)
        #expect(finding.observed == "stopped after 1s")
    }

    /// The deadline says nothing where the plan allows more than that.
    @Test(arguments: [CheckID.sql, .queries])
    func stoppedBeforeItsTime(_ id: CheckID) async throws {
        let finding = try await Self.finding(
            id, "SELECT pg_catalog.pg_sleep(60)", within: .seconds(50), deadline: .seconds(1))
        #expect(finding.status == .inconclusive)
        #expect(finding.cause == .environment)
    }

    @Test func aRestoredDatabaseGetsStatistics() async throws {
        var plan = CheckPlan()
        plan.queries = [
            QueryExpectation(
                name: "q", query: "SELECT * FROM t JOIN u USING (i)", uses: [TableName(schema: "public", name: "t_i")])
        ]
        let checking = Checking(
            sql:
                "CREATE TABLE t (i int); CREATE INDEX t_i ON t (i); CREATE TABLE u AS SELECT 1 AS i; INSERT INTO t VALUES (1)",
            plan: plan)
        try await checking.withDatabase { restored in
            try await ConnectionPool.with(1, to: restored.target, settings: ["search_path": ""]) { pool in
                try await pool.with { connection in
                    let query = HotQuery(
                        sql: "SELECT * FROM t JOIN u USING (i)",
                        session: Session(connection: connection, deadline: .seconds(600)))
                    try await query.analyzeTables()
                    let analyzed = try await connection.query(
                        "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public' ORDER BY 1")
                    #expect(try analyzed.map { try $0.need(at: 0, as: String.self) } == ["t", "u"])
                    #expect(try await query.plan().tables.map(\.name).sorted() == ["t", "u"])
                }
            }
        }
    }
}
