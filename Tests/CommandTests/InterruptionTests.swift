import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Drills that are stopped, in each of their phases. Each is made to last where it is stopped, by the backup or by the
/// machine.
@Suite struct InterruptionTests {
    /// Nobody reads what the drill says of this phase, so it cannot go on.
    @Test func whileTheBackupIsFound() async throws {
        try await withDesk { desk in
            let terminal = try StuckTerminal(at: desk.root.appending("stuck"))
            let pgassay = try Program.ofThisPackage("pgassay").executable
            let drill = try Program("/bin/sh").start(
                ["-c", #"exec "$@" 2>\#(terminal.path)"#, "sh", pgassay.string]
                    + desk.drilling(try await Dumps.named("orchard.custom")), in: desk.root,
                environment: desk.environment())
            try await eventually("it writes") { terminal.writers(of: drill) == 1 }
            drill.send(SIGINT)
            // It says that it stops, and waits with that, too.
            try await eventually("it writes twice") { terminal.writers(of: drill) == 2 }
            let reader = terminal.read()
            defer { reader.cancel() }
            try await expectInterrupted(drill, at: desk, during: "find", hasServer: false)
        }
    }

    @Test func whileTheDigestIsTaken() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.custom").string, toPath: dump.string)
            // A hole takes no room, and as long to read as anything else.
            try #require(truncate(dump.string, 1 << 40) == 0)
            let drill = try desk.start(desk.drilling(dump))
            // The inspection soon sees that it is no archive; the digest goes on.
            #expect(try await drill.says("inspect\n"))
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "inspect", hasServer: false)
            #expect(try desk.onlyReport().phases.contains { $0.name == "digest" })
        }
    }

    @Test func whileItIsInspected() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.directory").string, toPath: dump.string)
            let names = try desk.names(in: dump).filter { $0.hasSuffix(".dat.gz") }
            let name = try #require(names.first)
            // Few bytes that are many when decoded.
            let made = try await Program("/bin/sh").run(
                [
                    "-c",
                    #"head -c 1G /dev/zero | zstd -q > z; rm "$0.gz"; for i in $(seq 300); do cat z; done > "$0.zst""#,
                    dump.appending(String(name.dropLast(3))).string,
                ], in: desk.root, environment: desk.environment())
            try #require(made.exitCode == 0, "\(made.errors)")
            let drill = try desk.start(desk.drilling(dump))
            #expect(try await drill.says("inspect\n"))
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "inspect", hasServer: false)
        }
    }

    @Test(arguments: [("initdb", SIGINT), ("initdb", SIGTERM), ("postgres", SIGINT)])
    func whileTheServerStarts(_ program: String, _ signal: Int32) async throws {
        try await withDesk { desk in
            let postgres = try await desk.postgres(replacing: program, by: "sleep 3600")
            let drill = try desk.start(
                desk.drilling(try await Dumps.named("orchard.custom")), environment: desk.only(postgres))
            #expect(try await drill.says("start\n"))
            try await eventually("the program hangs") {
                processes(using: desk.scratch).contains { $0.contains("sleep 3600") }
            }
            drill.send(signal)
            try await expectInterrupted(drill, at: desk, during: "start", hasServer: program == "postgres")
        }
    }

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

    @Test func whileABaseBackupRecovers() async throws {
        try await withDesk { desk in
            let postgres = try await desk.postgres(replacing: "postgres", by: "sleep 3600")
            try await withChain { _, chain in
                let drill = try desk.start(desk.drilling(chain.backup), environment: desk.only(postgres))
                #expect(try await drill.says("recover\n"))
                try await eventually("the program hangs") {
                    processes(using: desk.scratch).contains { $0.contains("sleep 3600") }
                }
                drill.send(SIGINT)
                try await expectInterrupted(drill, at: desk, during: "recover")
            }
        }
    }

    @Test func whileAChainIsCombined() async throws {
        try await withDesk { desk in
            let postgres = try await desk.postgres(replacing: "pg_combinebackup", by: "sleep 3600", major: 17)
            try await SourceCluster.with(major: 17) { cluster in
                try await cluster.execute("ALTER SYSTEM SET summarize_wal = on", "SELECT pg_reload_conf()")
                let full = try await cluster.baseBackup("full")
                let next = try await cluster.baseBackup(
                    "next", ["--incremental=\(full.appending("backup_manifest"))"])
                let drill = try desk.start(desk.drilling(next), environment: desk.only(postgres))
                #expect(try await drill.says("unpack\n"))
                try await eventually("the program hangs") {
                    processes(using: desk.scratch).contains { $0.contains("sleep 3600") }
                }
                drill.send(SIGINT)
                try await expectInterrupted(drill, at: desk, during: "unpack", hasServer: false)
            }
        }
    }

    @Test func duringTheRestoreOfAPlainDump() async throws {
        try await withDesk { desk in
            let drill = try desk.start(desk.drilling(try desk.script("SELECT pg_sleep(3600);")))
            try await waitForRestore(of: drill, at: desk, statement: "SELECT")
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "restore")
        }
    }

    /// What is still to be read of the dump must not be read for nobody.
    @Test func duringTheRestoreOfALargePlainDump() async throws {
        try await withDesk { desk in
            let begin = try desk.script("CREATE TABLE public.t (i int);\nCOPY public.t (i) FROM stdin;")
            let made = try await Program("/bin/sh").run(
                [
                    "-c",
                    "yes 1 | head -c 128M | gzip -1 > ones; sed /^COPY/q \(begin) | gzip > dump; "
                        + "for i in $(seq 5); do cat ones; done >> dump; printf '\\\\.\\n\\n\\n--\\n"
                        + "-- PostgreSQL database dump complete\\n--\\n\\n' | gzip >> dump",
                ], in: desk.root, environment: desk.environment())
            try #require(made.exitCode == 0, "\(made.errors)")
            let plan = try desk.plan(desk.root.appending("dump"), "scratch: { diskSpace: 1MB }")
            let drill = try desk.start(desk.drilling(plan))
            try await waitForRestore(of: drill, at: desk, statement: "COPY")
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "restore")
        }
    }

    /// One table is long since loaded, and a check asks about it, while another thing is still being restored.
    @Test func duringChecksBesideTheRestore() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("early.custom"),
                "checks: { jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } } }")
            let drill = try desk.start(desk.drilling(plan))
            try await waitForRestore(of: drill, at: desk)
            try await eventually("the check asks", state: { "\(processes(using: desk.root))" }) {
                processes(using: desk.root).contains { $0.contains("] SELECT") }
            }
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

    /// A process of the server that does not run on makes its end a matter of seconds.
    @Test func duringTheTeardown() async throws {
        try await withDesk { desk in
            let dump = try desk.script("CREATE TABLE public.t (i int);\nSELECT pg_sleep(3);")
            let drill = try desk.start(desk.drilling(dump))
            #expect(try await drill.says("restore\n"))
            let writer = processes(using: desk.scratch).first { $0.contains("background writer") }
            let process = try #require(writer.flatMap { Int32($0.prefix { $0 != ":" }) })
            try #require(kill(process, SIGSTOP) == 0)
            #expect(try await drill.says("teardown\n"))
            drill.send(SIGINT)
            try await expectInterrupted(drill, at: desk, during: "teardown")
        }
    }

    static let moments: [(phase: String, milliseconds: Int)] =
        ["find", "digest", "inspect", "start", "restore", "check", "teardown"].map { ($0, 0) }
        + [100, 200, 300, 500].map { ("teardown", $0) }

    /// Wherever it hits, in the writing of the report at last: what is written, what is said and what is left agree.
    @Test(arguments: moments)
    func atAnyTime(_ phase: String, _ milliseconds: Int) async throws {
        try await withDesk { desk in
            let drill = try desk.start(desk.drilling(try await Dumps.named("orchard.custom")))
            #expect(try await drill.says(phase + "\n"))
            try await Task.sleep(for: .milliseconds(milliseconds))
            drill.send(SIGINT)
            let outcome = try await drill.outcome()
            let report = try desk.onlyReport()
            switch outcome.exitCode {
            case 130: #expect(report.cause == .interrupted)
            case 0:
                #expect(report.verdict == .passed)
                #expect(["check", "teardown"].contains(phase), "it had time enough to stop")
            default: Issue.record("exit code \(outcome.exitCode ?? -1): \(outcome.errors)")
            }
            #expect(try desk.names(in: desk.scratch) == [])
        }
    }

    /// Until a backend says in its process title that it is at the statement that takes so long.
    private func waitForRestore(
        of drill: RunningProgram, at desk: Desk, statement: String = "REFRESH"
    ) async throws {
        #expect(try await drill.says("restore\n"))
        try await eventually(
            "the restore is at \(statement)", state: { "\(processes(using: desk.root))" },
            { processes(using: desk.root).contains { $0.contains("] \(statement)") } })
    }

    private func expectInterrupted(
        _ drill: RunningProgram, at desk: Desk, during phase: String, hasServer: Bool = true
    ) async throws {
        let outcome = try await drill.outcome()
        #expect(outcome.exitCode == 130, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("INTERRUPTED"))
        #expect(!outcome.output.contains("\nConnect"), "there is nothing to connect to")
        let report = try desk.onlyReport()
        #expect(report.verdict == .inconclusive)
        #expect(report.cause == .interrupted)
        #expect(report.phases.last?.name == phase)
        #expect(!report.checks.contains { $0.status == .failed })
        #expect(report.cleanup.contains { $0.what.contains("scratch server") } == hasServer)
        #expect(report.cleanup.allSatisfy { $0.removed })
        // Before the desk itself looks: the report promised it.
        #expect(try desk.names(in: desk.scratch) == [])
    }
}
