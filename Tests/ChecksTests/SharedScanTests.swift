import Findings
import Postgres
import TestSupport
import Testing

@testable import Checks

/// All checks that read a table read it together.
@Suite(.oneServer) struct SharedScanTests {
    /// Of two tables, both without an index: amcheck and the search for keys that are there twice read an indexed table by
    /// themselves.
    @Test func everyTableIsReadOnce() async throws {
        var plan = CheckPlan()
        let table = TableName(schema: "public", name: "t")
        plan.rowCounts[table] = RowCountExpectation(minimum: 1)
        plan.freshness[ColumnName(table: table, name: "at")] = FreshnessExpectation(within: .seconds(3600))
        plan.jsonb[ColumnName(table: table, name: "doc")] = JSONBExpectation(every: ["$.a == 1"])
        plan.partitions[TableName(schema: "public", name: "p")] = PartitionExpectation(default: .empty)
        let checking = Checking(
            sql: """
                CREATE TABLE t (id serial CHECK (id > 0), at timestamptz, doc jsonb, text text CHECK (text <> ''));
                INSERT INTO t (at, doc, text) SELECT '2026-05-01 11:30+00', '{"a": 1}', 'x' FROM generate_series(1, 100);
                CREATE TABLE p (id int, doc json, text text CHECK (text <> '')) PARTITION BY RANGE (id);
                CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (10); CREATE TABLE p_d PARTITION OF p DEFAULT;
                INSERT INTO p VALUES (1, '{}', 'x')
                """, plan: plan)
        try await checking.withDatabase { restored in
            let before = try await Self.scans(in: restored.target)
            let results = try await checking.results(of: restored)
            let asked = Set(results.findings.filter { $0.status == .passed }.map(\.id))
            #expect(
                asked.isSuperset(of: [
                    "row-counts", "freshness", "jsonb", "sequences", "constraints", "partitions", "encoding",
                ]))
            // A session tells what it has read at its end, and ends after its connection.
            try await eventually("the other sessions end") {
                try await withConnection(to: restored.target) { connection in
                    try await connection.query(
                        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    ).isEmpty
                }
            }
            let read = try await Self.scans(in: restored.target).merging(before) { $0 - $1 }
            #expect(read == ["t": 1, "p_1": 1, "p_d": 1])
        }
    }

    /// How often each table was read from one end to the other.
    private static func scans(in target: ConnectionTarget) async throws -> [String: Int64] {
        try await withConnection(to: target) { connection in
            Dictionary(
                uniqueKeysWithValues: try await connection.query(
                    "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname <> 'p'"
                ).map { (try $0.need(at: 0, as: String.self), try $0.need(at: 1, as: Int64.self)) })
        }
    }
}
