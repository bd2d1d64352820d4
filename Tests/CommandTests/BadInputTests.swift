import Glibc
import TestSupport
import Testing

/// A file that is no whole backup yet. What is no backup at all is in `Scenarios/no-backup.txt` and `cut-off.txt`.
@Suite struct BadInputTests {
    /// What looks damaged because the backup job has not come to its end is not damaged.
    @Test func whatIsStillBeingWritten() async throws {
        try await withDesk { desk in
            let whole = try await Dumps.bytes("orchard.custom")
            let dump = try desk.file("dump", Array(whole.prefix(whole.count / 2)))
            let writer = try Program("/bin/sh").start(
                ["-c", "while :; do printf x; done >> dump"], in: desk.root, environment: desk.environment())
            let outcome = try await desk.pgassay(desk.drilling(dump))
            writer.send(SIGKILL)
            _ = try await writer.outcome()
            #expect(outcome.exitCode == 3, "\(outcome.output)")
            #expect(outcome.output.contains("changed during the drill"), "\(outcome.output)")
            #expect(!outcome.output.contains("use another one"), "\(outcome.output)")
        }
    }
}
