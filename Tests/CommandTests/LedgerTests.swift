import Evidence
import Findings
import Foundation
import Glibc
import Report
import SystemPackage
import TestSupport
import Testing

/// What drills leave in a ledger when they are killed, and when two of them run at once.
@Suite struct LedgerTests {
    private static func sign(_ desk: Desk) throws -> (key: String, publicKey: String) {
        let keys = try KeyFiles.write(to: desk.root.appending("keys"))
        return (keys.private.string, keys.public.string)
    }

    private static func drilling(_ desk: Desk, _ subject: FilePath, _ key: String) -> [String] {
        ["drill", subject.string, "--signing-key", key, "--reports", desk.reports.string]
    }

    private static func verify(_ desk: Desk, _ key: String) async throws -> Program.Outcome {
        try await desk.pgassay(["ledger", "verify", "--reports", desk.reports.string, "--public-key", key])
    }

    @Test(
        "A drill that is killed has a begin and no end; the next one says so, and verify does until somebody explains it"
    )
    func killed() async throws {
        try await withDesk { desk in
            let keys = try Self.sign(desk)
            let dump = try await Dumps.named("slow.custom")
            let killed = try desk.start(Self.drilling(desk, dump, keys.key))
            #expect(try await killed.says("restore\n"))
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            #expect(try desk.names(in: desk.reports) == ["ledger"])
            try await eventually("what read the backup ends with the drill") {
                !processes(using: desk.root).contains { $0.contains("/pg_restore") }
            }
            #expect(try await desk.pgassay(["clean"]).exitCode == 0)

            let first = try await Self.verify(desk, keys.publicKey)
            #expect(first.exitCode == 1)
            #expect(first.output.hasPrefix("NOT ACCOUNTED FOR: "), "\(first.output)")
            #expect(first.output.contains("has no end"))

            // A plan of the same name, so that it is the next drill of it.
            let small = try await Dumps.named("orchard.custom")
            let plan = try desk.file(
                "plan.yaml", "name: \(dump.lastComponent!.stem)\nbackup: { path: '\(small)' }\n")
            let next = try await desk.pgassay(Self.drilling(desk, plan, keys.key))
            #expect(next.exitCode == 0, "\(next.errors)")
            let name = try #require(try desk.names(in: desk.reports).first { $0.hasSuffix(".dsse.json") })
            let report = try StoredReport(contentsOf: desk.reports.appending(name)).statement.report
            let finding = try #require(report.checks.first { $0.id == .ledger })
            #expect(finding.observed == "no end")
            #expect(next.output.contains("its begin is entry 0 of the ledger"))

            let note = try await desk.pgassay([
                "ledger", "note", "killed by the test", "--about", "0", "--reports", desk.reports.string,
                "--signing-key",
                keys.key,
            ])
            #expect(note.exitCode == 0, "\(note.errors)")
            let second = try await Self.verify(desk, keys.publicKey)
            #expect(second.exitCode == 0, "\(second.output)")
            #expect(second.output.contains("killed by the test"))
        }
    }

    @Test func twoAtOnce() async throws {
        try await withDesk { desk in
            let keys = try Self.sign(desk)
            let dumps = [try await Dumps.named("orchard.custom"), try await Dumps.named("orchard.plain")]
            let running = try dumps.map { try desk.start(Self.drilling(desk, $0, keys.key)) }
            for drill in running {
                let outcome = try await drill.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
            let verified = try await Self.verify(desk, keys.publicKey)
            #expect(verified.exitCode == 0, "\(verified.output)")
            #expect(verified.output.contains("4 entries"))
            #expect(verified.output.contains("Reports  2 as they were entered"))
        }
    }
}
