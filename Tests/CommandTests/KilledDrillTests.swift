import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What kill -9 leaves behind, `pgassay clean` takes away, and nothing that is still in use.
@Suite struct KilledDrillTests {
    @Test func duringTheRestore() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("slow.custom")
            let killed = try desk.start(desk.drilling(dump))
            #expect(try await killed.says("restore\n"))
            try await eventually("the restore refreshes") {
                processes(using: desk.root).contains { $0.contains("] REFRESH") }
            }
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let left = try desk.names(in: desk.scratch)
            #expect(left.count == 1)
            #expect(!processes(using: desk.scratch).isEmpty, "its server runs on")
            try await eventually("what read the backup ends with the drill") {
                !processes(using: desk.root).contains { $0.contains("/pg_restore") }
            }
            #expect(try desk.names(in: desk.reports) == [])

            let running = try desk.start(desk.drilling(dump))
            #expect(try await running.says("restore\n"))
            let used = try #require(try desk.names(in: desk.scratch).first { !left.contains($0) })

            let clean = try await desk.pgassay(["clean"])
            #expect(clean.exitCode == 0, "\(clean.errors)")
            #expect(clean.output.contains("removed  \(desk.scratch.appending(left[0]))"))
            #expect(clean.output.contains("in use   \(desk.scratch.appending(used))"))
            #expect(try desk.names(in: desk.scratch) == [used])
            try await eventually("nothing works there any more") {
                processes(using: desk.scratch.appending(left[0])).isEmpty
            }
            #expect(!processes(using: desk.scratch.appending(used)).isEmpty)

            let named = try await desk.pgassay(["clean", desk.scratch.appending(used).string])
            #expect(named.output.contains("in use"))
            running.send(SIGTERM)
            #expect(try await running.outcome().exitCode == 130)
            #expect(try await desk.pgassay(["clean"]).output == "nothing to clean\n")
        }
    }

    /// What works for it is ended, too: it would go on writing into a directory that is gone.
    @Test func whileABackupIsFetched() async throws {
        try await withDesk { desk in
            let plan = try desk.file(
                "plan.yaml", "name: test\nbackup: { command: [sh, -c, 'echo waiting >&2; exec sleep 4711'] }\n")
            let killed = try desk.start(desk.drilling(plan))
            try await eventually("the program runs") {
                processes(using: desk.scratch).contains { $0.contains("sleep 4711") }
            }
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let left = try desk.names(in: desk.scratch)
            #expect(left.count == 1)
            #expect(!processes(using: desk.scratch).isEmpty, "the program runs on")
            let clean = try await desk.pgassay(["clean"])
            #expect(clean.output.contains("removed  \(desk.scratch.appending(left[0]))"), "\(clean.output)")
            #expect(processes(using: desk.scratch) == [])
        }
    }

    @Test func whileABaseBackupRecovers() async throws {
        try await withDesk { desk in
            let postgres = try await desk.postgres(replacing: "postgres", by: "sleep 3600")
            try await withChain { _, chain in
                let killed = try desk.start(desk.drilling(chain.backup), environment: desk.only(postgres))
                #expect(try await killed.says("recover\n"))
                try await eventually("the server starts") {
                    processes(using: desk.scratch).contains { $0.contains("sleep 3600") }
                }
                killed.send(SIGKILL)
                #expect(try await killed.outcome().exitCode == nil)
                let clean = try await desk.pgassay(["clean"])
                #expect(clean.output.contains("removed  "), "\(clean.output)")
                #expect(processes(using: desk.scratch) == [])
                #expect(try desk.names(in: desk.scratch) == [])
            }
        }
    }

    /// Before there is a server there is nothing to take away.
    @Test func beforeTheServerStarts() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.custom").string, toPath: dump.string)
            // A hole takes no room, and as long to read as anything else.
            try #require(truncate(dump.string, 1 << 40) == 0)
            let killed = try desk.start(desk.drilling(dump))
            #expect(try await killed.says("digest\n"))
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            #expect(try await desk.pgassay(["clean"]).output == "nothing to clean\n")
        }
    }

    @Test func duringTheChecks() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("deep.custom"),
                "checks: { jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } } }")
            let killed = try desk.start(desk.drilling(plan))
            #expect(try await killed.says("check\n"))
            try await eventually("the check asks") {
                processes(using: desk.root).contains { $0.contains("] SELECT") }
            }
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let left = try desk.names(in: desk.scratch)
            #expect(left.count == 1)
            let clean = try await desk.pgassay(["clean"])
            #expect(clean.exitCode == 0, "\(clean.errors)")
            #expect(clean.output == left.map { "removed  \(desk.scratch.appending($0))\n" }.joined())
        }
    }

    /// A data directory that is only half made, and initdb that is still at it.
    @Test func whileTheServerStarts() async throws {
        try await withDesk { desk in
            let postgres = try await desk.postgres(
                replacing: "initdb", by: #""$real" "$@" && exec "${0%/*}"/initdb-goes-on 1000"#)
            // Under a name of its own, as PostgreSQL's programs are, and where the walls let it be seen.
            try FileManager.default.copyItem(
                atPath: "/bin/sleep", toPath: postgres.appending("initdb-goes-on").string)
            let killed = try desk.start(
                desk.drilling(try await Dumps.named("orchard.custom")), environment: desk.only(postgres))
            try await eventually("initdb goes on") {
                processes(using: desk.scratch).contains { $0.contains("initdb-goes-on") }
            }
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let left = try desk.names(in: desk.scratch)
            #expect(left.count == 1)
            let clean = try await desk.pgassay(["clean"])
            #expect(clean.exitCode == 0, "\(clean.errors)")
            #expect(clean.output == "removed  \(desk.scratch.appending(left[0]))\n")
        }
    }
}
