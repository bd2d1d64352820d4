import Postgres
import TestSupport
import Testing

@testable import Restore

/// What a person reads of a restore that goes on for long.
struct RunningStatementTests {
    @Test func words() {
        let copy = RunningStatement(statement: "COPY public.t", table: "public.t", rows: 12, seconds: 0.2)
        #expect(copy.words == "TABLE DATA public.t  12 rows")
        let index = RunningStatement(
            statement: "CREATE INDEX t_i ON public.t USING gin (a)", table: "public.t",
            phase: "building index: scanning table", percent: 42, seconds: 75.4)
        #expect(
            index.words
                == "CREATE INDEX t_i ON public.t USING gin (a): building index: scanning table 42 %, for 1 m 15 s")
        let key = RunningStatement(statement: "ALTER TABLE ONLY public.t ADD CONSTRAINT", seconds: 3)
        #expect(key.words == "ALTER TABLE ONLY public.t ADD CONSTRAINT, for 3.0 s")
    }

    @Test("Each version is asked in words that it understands", arguments: [15, 18])
    func whatRuns(_ major: Int) async throws {
        try await TestServer.shared(major: major) { server in
            let target = server.target(database: "postgres")
            try await withConnection(to: target) { watching in
                try await withConnection(to: target) { working in
                    let long = Task { try await working.query("SELECT pg_sleep(3600)") }
                    try await eventually("the statement runs") {
                        try await RunningStatement.all(over: watching).contains {
                            $0.statement == "SELECT pg_sleep(3600)"
                        }
                    }
                    _ = try await watching.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE query = 'SELECT pg_sleep(3600)' AND pid <> pg_backend_pid()
                        """)
                    _ = await long.result
                }
            }
        }
    }
}
