import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A scratch server that something on the machine kills: what it has not answered nobody knows, what it has is not lost,
/// and the backup is not blamed for the rest.
@Suite struct LostServerTests {
    @Test func duringTheRestore() async throws {
        try await withDesk { desk in
            let drill = try desk.start(desk.drilling(try await Dumps.named("slow.custom")))
            try await eventually("the restore refreshes", state: { "\(processes(using: desk.root))" }) {
                processes(using: desk.root).contains { $0.contains("] REFRESH") }
            }
            try killServer(at: desk)
            let outcome = try await drill.outcome()
            let report = try desk.onlyReport()
            #expect(outcome.exitCode == 3, "\(outcome.errors)")
            #expect(outcome.output.contains("the scratch server went away"), "\(outcome.output)")
            #expect(report.verdict == .inconclusive)
            #expect(report.cause == .environment)
            #expect(!report.checks.contains { $0.status == .failed })
            #expect(report.cleanup.allSatisfy { $0.removed })
        }
    }

    /// One table has long been counted when the server goes, and another is being read.
    @Test(arguments: [(7, 3, Cause.environment), (8, 1, .expectation)])
    func duringTheChecks(_ expectedRows: Int, _ exitCode: Int32, _ cause: Cause) async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                """
                CREATE TABLE public.counted AS SELECT i FROM generate_series(1, 7) i;
                CREATE TABLE public.deep AS SELECT (repeat('[', 2000) || repeat(']', 2000))::jsonb AS value;
                """)
            let plan = try desk.plan(
                dump,
                """
                checks:
                  row-counts: { counted: { exactly: \(expectedRows) } }
                  jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } }
                """)
            let drill = try desk.start(desk.drilling(plan))
            #expect(try await drill.says("check\n"))
            // One session is at it, and the other has nothing more to do, which it looks like between two questions, too.
            var quiet = 0
            try await eventually(
                "one session counts, and one has nothing to do", state: { "\(processes(using: desk.root))" }
            ) {
                let sessions = processes(using: desk.scratch).filter { $0.contains(" restored [local] ") }
                let isQuiet =
                    sessions.count { $0.contains("] SELECT") } == 1 && sessions.contains { $0.contains("] idle") }
                quiet = isQuiet ? quiet + 1 : 0
                return quiet > 30
            }
            try killServer(at: desk)
            let drilled = Drilled(outcome: try await drill.outcome(), report: try desk.onlyReport())
            #expect(drilled.exitCode == exitCode, "\(drilled.complaints)")
            #expect(drilled.report.cause == cause)
            let counted = drilled.findings("row-counts").first { $0.subject == "public.counted" }
            #expect(counted?.observed == "7 rows", "\(drilled.complaints)")
            #expect(counted?.status == (cause == .expectation ? .failed : .passed))
            #expect(drilled.rows["public.counted"] == 7)
            let decoded = drilled.findings("jsonb").filter { $0.subject.hasPrefix("public.deep.value") }
            #expect(!decoded.isEmpty)
            #expect(decoded.allSatisfy { $0.status == .inconclusive }, "\(decoded)")
            // Nothing else is to blame, and no check pretends that it was never asked.
            #expect(drilled.report.checks.count { $0.cause == .expectation } == (cause == .expectation ? 1 : 0))
            #expect(!drilled.report.checks.contains { $0.reason?.contains("ended before it") == true })
            #expect(drilled.complaints.contains("connection"), "\(drilled.complaints)")
            #expect(drilled.report.cleanup.allSatisfy { $0.removed })
        }
    }
}

/// Kills the scratch server of a desk, as a machine does that runs out of memory.
func killServer(at desk: Desk) throws {
    let server = processes(using: desk.scratch).first {
        $0.contains(": /") && $0.contains("/postgres -D ") && !$0.contains("unshare")
    }
    let process = try #require(
        server.flatMap { Int32($0.prefix { $0 != ":" }) }, "\(processes(using: desk.scratch))")
    try #require(kill(process, SIGKILL) == 0)
}
