import Evidence
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Writers of a ledger that are killed at random moments: no entry that was confirmed is lost, and whoever comes next goes on.
@Suite struct KilledWriterTests {
    /// How many are killed, in both ways together; `make kills` asks for a thousand.
    private static let wanted = ProcessInfo.processInfo.environment["PGASSAY_KILLS"].flatMap { Int($0) }
    private static let few = 24

    @Test("Killed while they append, one or two at once", arguments: [1, 2])
    func killed(_ writers: Int) async throws {
        try await withDesk { desk in
            let keys = try KeyFiles.write(to: desk.root.appending("keys"))
            func noting(_ text: String) -> [String] {
                [
                    "ledger", "note", text, "--reports", desk.reports.string, "--signing-key", keys.private.string,
                ]
            }
            let inspected = try await desk.pgassay([
                "inspect", try await Dumps.named("orchard.custom").string, "--reports", desk.reports.string,
                "--signing-key",
                keys.private.string,
            ])
            #expect(inspected.exitCode == 0, "\(inspected.errors)")
            var (confirmed, killed, round): ([String], Int, Int) = ([], 0, 0)
            // How long one takes here now, so that the moments are spread over all of it.
            var whole = Duration.zero
            let kills = (Self.wanted ?? Self.few) / 2
            while killed < kills {
                if round % 10 == 0 {
                    let text = "undisturbed \(round)"
                    let begun = ContinuousClock.now
                    let outcome = try await desk.pgassay(noting(text))
                    whole = ContinuousClock.now - begun
                    #expect(outcome.exitCode == 0, "\(outcome.errors)")
                    confirmed.append(text)
                }
                round += 1
                try #require(round < kills * 10, "only \(killed) are killed in time")
                var running: [(text: String, process: RunningProgram)] = []
                for writer in 0..<writers {
                    let text = "round \(round) writer \(writer)"
                    running.append((text, try desk.start(noting(text))))
                }
                for (_, process) in running {
                    try await Task.sleep(for: whole * Double.random(in: 0...1.2 / Double(writers)))
                    process.send(SIGKILL)
                }
                for (text, process) in running {
                    let outcome = try await process.outcome()
                    if outcome.exitCode == nil { killed += 1 }
                    if outcome.output.hasPrefix("entry ") { confirmed.append(text) }
                }
            }
            let next = try await desk.pgassay(noting("last"))
            #expect(next.exitCode == 0, "\(next.errors)")
            let verified = try await desk.pgassay([
                "ledger", "verify", "--reports", desk.reports.string, "--public-key", keys.public.string,
            ])
            #expect(verified.exitCode == 0, "\(verified.output)")
            if Self.wanted != nil {
                let entries = try #require(verified.output.firstMatch(of: /, ([0-9]+) entries/)).1
                print(
                    "\(writers == 1 ? "one writer" : "two writers") at once: \(killed) killed, \(confirmed.count) entries confirmed, \(entries) in the log"
                )
            }
            let listed = try await desk.pgassay(["ledger", "list", "--reports", desk.reports.string])
            for text in confirmed + ["last"] {
                #expect(
                    listed.output.split(separator: "\n").count { $0.hasSuffix("  \(text)") } == 1,
                    "\(text) is there once")
            }
        }
    }
}
