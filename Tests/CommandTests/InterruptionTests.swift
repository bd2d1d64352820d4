import Evidence
import Findings
import Glibc
import TestSupport
import Testing

/// Drills that are stopped, gently and not.
@Suite struct InterruptionTests {
    @Test(arguments: [
        (SIGINT, "Ctrl-C at a terminal"), (SIGTERM, "systemd stops its unit"), (SIGHUP, "its terminal is gone"),
    ])
    func duringTheRestore(_ signal: Int32, _ reason: String) async throws {
        try await withDesk { desk in
            let drill = try desk.start(desk.drilling(try await Dumps.named("slow.custom")))
            try await waitForRestore(of: drill, at: desk)
            drill.send(signal)
            try await expectInterrupted(drill, at: desk, during: "restore")
        }
    }

    @Test func duringTheRestoreOfAPlainDump() async throws {
        try await withDesk { desk in
            let dump = try desk.file(
                "slow.sql",
                "--\n-- PostgreSQL database dump\n--\n\nSELECT pg_sleep(120);\n\n--\n-- PostgreSQL database dump complete\n--\n"
            )
            let drill = try desk.start(desk.drilling(dump))
            try await waitForRestore(of: drill, at: desk, statement: "SELECT")
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "restore")
        }
    }

    /// A drill that did not come to its end keeps nothing, whatever was asked of it.
    @Test(arguments: [[], ["--keep-scratch"]])
    func duringTheChecks(_ flags: [String]) async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("deep.custom"),
                "checks: { jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } } }")
            let drill = try desk.start(desk.drilling(plan, flags))
            #expect(try await drill.says("check\n"))
            try await Task.sleep(for: .seconds(1))
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "check")
        }
    }

    /// Until a backend says in its process title that it is at the statement that takes so long.
    private func waitForRestore(
        of drill: RunningProgram, at desk: Desk, statement: String = "REFRESH"
    ) async throws {
        #expect(try await drill.says("restore\n"))
        let began = try await eventually { processes(using: desk.root).contains { $0.contains("] \(statement)") } }
        try #require(began, "\(processes(using: desk.root))")
    }

    private func expectInterrupted(_ drill: RunningProgram, at desk: Desk, during phase: String) async throws {
        let outcome = try await drill.outcome(within: .seconds(60))
        #expect(outcome.exitCode == 130, "\(outcome.errors)")
        #expect(outcome.seconds < 30)
        #expect(outcome.output.hasPrefix("INTERRUPTED"))
        #expect(!outcome.output.contains("\nConnect"), "there is nothing to connect to")
        let names = try desk.names(in: desk.reports)
        try #require(names.count == 1)
        let report = try StoredReport(contentsOf: desk.reports.appending(names[0])).statement.report
        #expect(report.verdict == .inconclusive)
        #expect(report.cause == .interrupted)
        #expect(report.phases.last?.name == phase)
        #expect(!report.checks.contains { $0.status == .failed })
        #expect(!report.cleanup.isEmpty)
        #expect(report.cleanup.allSatisfy { $0.removed })
        // Before the desk itself looks: the report promised it.
        #expect(try desk.names(in: desk.scratch) == [])
    }

    /// What kill -9 leaves behind, `pgassay clean` takes away, and nothing that is still in use.
    @Test func killedAndCleaned() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("slow.custom")
            let killed = try desk.start(desk.drilling(dump))
            try await waitForRestore(of: killed, at: desk)
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let left = try desk.names(in: desk.scratch)
            #expect(left.count == 1)
            #expect(!processes(using: desk.scratch).isEmpty, "its server runs on")
            #expect(try desk.names(in: desk.reports) == [])

            let running = try desk.start(desk.drilling(dump))
            #expect(try await running.says("restore\n"))
            let used = try #require(try desk.names(in: desk.scratch).first { !left.contains($0) })

            let clean = try await desk.pgassay(["clean"])
            #expect(clean.exitCode == 0, "\(clean.errors)")
            #expect(clean.output.contains("removed  \(desk.scratch.appending(left[0]))"))
            #expect(clean.output.contains("in use   \(desk.scratch.appending(used))"))
            #expect(try desk.names(in: desk.scratch) == [used])
            #expect(processes(using: desk.scratch.appending(left[0])) == [])
            #expect(!processes(using: desk.scratch.appending(used)).isEmpty)

            let named = try await desk.pgassay(["clean", desk.scratch.appending(used).string])
            #expect(named.output.contains("in use"))
            running.send(SIGTERM)
            #expect(try await running.outcome().exitCode == 130)
            #expect(try await desk.pgassay(["clean"]).output == "nothing to clean\n")
        }
    }
}
