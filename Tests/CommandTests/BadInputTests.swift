import Foundation
import Glibc
import TestSupport
import Testing

/// A file that is no whole backup yet. What is no backup at all is in `Scenarios/no-backup.txt` and `cut-off.txt`.
@Suite struct BadInputTests {
    /// What looks damaged because the backup job has not come to its end is not damaged, even if the job writes nothing for a while.
    @Test func whatIsStillBeingWritten() async throws {
        try await withDesk { desk in
            let whole = try await Dumps.bytes("orchard.custom")
            let dump = try desk.file("dump", Array(whole.prefix(whole.count / 2)))
            let writer = try Program("/bin/sh").start(
                ["-c", "exec 9>> dump; touch begun; exec sleep 3600"], in: desk.root, environment: desk.environment())
            try await eventually("the writer has opened the dump") {
                FileManager.default.fileExists(atPath: desk.root.appending("begun").string)
            }
            let during = try await desk.pgassay(desk.drilling(dump))
            writer.send(SIGKILL)
            _ = try await writer.outcome()
            #expect(during.exitCode == 3, "\(during.output)")
            #expect(during.output.contains("a program still has it open for writing"), "\(during.output)")
            #expect(!during.output.contains("use another one"), "\(during.output)")
            let after = try await desk.pgassay(desk.drilling(dump))
            #expect(after.exitCode == 1, "\(after.output)")
        }
    }
}
