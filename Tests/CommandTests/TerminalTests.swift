import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a terminal gets to see, and what a file gets.
@Suite struct TerminalTests {
    private static let escape: Character = "\u{1B}"

    @Test func withoutATerminalLinesArePlain() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("orchard.custom"))
            #expect(!drilled.outcome.output.contains(Self.escape))
            #expect(!drilled.outcome.errors.contains(Self.escape))
            #expect(!drilled.outcome.errors.contains("\r"))
            let lines = drilled.outcome.errors.split(separator: "\n")
            for phase in ["find", "digest", "inspect", "start", "restore", "check", "teardown"] {
                #expect(lines.filter { $0 == phase }.count == 1, "\(phase)")
            }
        }
    }

    @Test(arguments: [
        ([:], true, true, "a terminal"), (["NO_COLOR": "1"], true, false, "a person who wants no colours"),
        (["TERM": "dumb"], false, false, "a terminal that can do nothing"),
    ])
    func onATerminal(_ environment: [String: String], redraws: Bool, colors: Bool, reason: String) async throws {
        try await withDesk { desk in
            let program = try Program.ofThisPackage("pgassay").executable
            let words = [program.string] + desk.drilling(try await Dumps.named("orchard.custom"))
            // `script` gives it a terminal, and us what it writes there.
            let outcome = try await Program("/usr/bin/script").run(
                ["--quiet", "--return", "--command", words.joined(separator: " "), "/dev/null"], in: desk.root,
                environment: desk.environment(["TERM": "xterm"].merging(environment) { $1 }))
            #expect(outcome.exitCode == 0, "\(outcome.output)")
            #expect(outcome.output.contains("PASSED"), "\(reason)")
            #expect(outcome.output.contains("\r\u{1B}[K") == redraws, "\(reason)")
            #expect((outcome.output.firstMatch(of: /\u{1B}\[[0-9;]+m/) != nil) == colors, "\(reason)")
            // The line that was drawn over is gone before anything else is written.
            #expect(!redraws || outcome.output.contains("teardown"))
        }
    }

    /// A name in a dump that would clear the screen, or paint FAILED as passed.
    @Test func aNameFromTheDumpDoesNotSteerTheTerminal() async throws {
        try await withDesk { desk in
            let script = String(decoding: try await Dumps.bytes("orphan.plain"), as: UTF8.self)
                .replacing("public.plots", with: "public.\"plo\u{1B}[2Jts\"")
            let drilled = try await desk.drill(try desk.file("dump.sql", script))
            #expect(drilled.exitCode == 1)
            #expect(!drilled.outcome.output.contains(Self.escape))
            #expect(!drilled.outcome.errors.contains(Self.escape))
        }
    }
}
