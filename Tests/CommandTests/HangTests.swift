import Findings
import SystemPackage
import TestSupport
import Testing

/// A child that never comes to its end is ended at its deadline; the message names the limit, and nobody is blamed.
@Suite struct HangTests {
    static let children: [(program: String, script: String, limit: String, reason: String)] = [
        ("initdb", "sleep 3600", "start", "a data directory that is never made"),
        ("postgres", "sleep 3600", "start", "a server that never listens"),
        ("pg_restore", "sleep 3600", "restore", "a restore that does not begin"),
        (
            "pg_restore", #"trap '' TERM; echo 'pg_restore: connecting' >&2; sleep 3600; sleep 3600"#, "restore",
            "one that does not listen to SIGTERM, and its child"
        ),
    ]

    @Test(arguments: children.indices)
    func aProgramThatHangs(_ index: Int) async throws {
        let (program, script, limit, reason) = Self.children[index]
        try await withDesk { desk in
            let postgres = try await desk.postgres(replacing: program, by: script)
            let plan = try desk.plan(try await Dumps.named("orchard.custom"), "limits: { \(limit): 3s }")
            let drilled = try await desk.drill(plan, environment: desk.only(postgres))
            expectDeadline(drilled, limit, reason)
        }
    }

    @Test(arguments: ["custom", "plain"])
    func aBackupThatKeepsTheRestoreBusy(_ kind: String) async throws {
        try await withDesk { desk in
            let dump =
                kind == "custom" ? try await Dumps.named("slow.custom") : try desk.script("SELECT pg_sleep(3600);")
            let drilled = try await desk.drill(try desk.plan(dump, "limits: { restore: 2s }"))
            expectDeadline(drilled, "restore", kind)
        }
    }

    @Test func aQuestionThatTakesForEver() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("deep.custom"),
                "limits: { statement: 2s }\nchecks: { jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } } }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 3, "\(drilled.complaints)")
            #expect(drilled.report.cause == .environment)
            #expect(!drilled.report.checks.contains { $0.cause == .backup }, "\(drilled.complaints)")
            #expect(!drilled.outcome.timedOut)
        }
    }

    private func expectDeadline(
        _ drilled: Drilled, _ limit: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(drilled.exitCode == 3, "\(reason): \(drilled.complaints)", sourceLocation: sourceLocation)
        #expect(drilled.report.cause == .environment, sourceLocation: sourceLocation)
        #expect(
            drilled.complaints.contains("limits.\(limit)"), "\(reason): \(drilled.complaints)",
            sourceLocation: sourceLocation)
        #expect(
            !drilled.report.checks.contains { $0.cause == .backup }, "\(drilled.complaints)",
            sourceLocation: sourceLocation)
        #expect(!drilled.outcome.timedOut, sourceLocation: sourceLocation)
    }
}
