import Findings
import TestSupport
import Testing

/// What a source counted of its indexes comes with a copy of a server that was stopped, and with no other.
@Suite struct CopiedStatisticsTests {
    @Test(arguments: [15, 18])
    func unusedIndexes(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                try await cluster.execute(
                    "CREATE TABLE t AS SELECT i, i AS j FROM generate_series(1, 9) i", "CREATE INDEX used ON t (i)",
                    "CREATE INDEX unused ON t (j)",
                    "SET enable_seqscan = off; SELECT count(*) FROM t WHERE i = 7; SELECT pg_stat_force_next_flush()")
                func finding(_ drilled: Drilled) throws -> Finding {
                    #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                    return try #require(drilled.findings("upkeep").first { $0.subject == "unused indexes" })
                }
                let recovered = try finding(try await desk.drill(try await cluster.baseBackup("b")))
                #expect(recovered.status == .notRun)
                #expect(recovered.reason?.contains("began with the recovery") == true)
                try await cluster.stop()
                let stopped = try finding(try await desk.drill(cluster.data))
                #expect(stopped.status == .passed)
                #expect(stopped.observed == "public.unused")
                try await cluster.start()
            }
        }
    }
}
