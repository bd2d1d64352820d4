import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// What a command printed is its product. If it could not be written, the command has not succeeded.
@Suite struct LostOutputTests {
    private enum Place: String, CaseIterable {
        case fullDisk = ">/dev/full"
        case closed = ">&-"
        /// A pipe that nobody reads any more.
        case brokenPipe = ">&4"

        var error: String {
            switch self {
            case .fullDisk: "No space left on device"
            case .closed: "Bad file descriptor"
            case .brokenPipe: "Broken pipe"
            }
        }
    }

    private func run(_ words: [String], to place: Place, in desk: Desk) async throws -> Program.Outcome {
        let program = try Program.ofThisPackage("pgassay").executable
        // A pipe has a reader while it is opened, and none afterwards.
        let script =
            #"mkfifo "$0.pipe" && exec 3<>"$0.pipe" 4>"$0.pipe" 3>&- && rm "$0.pipe" && exec "$@" \#(place.rawValue)"#
        return try await Program("/bin/sh").run(
            ["-c", script, desk.root.appending("out").string, program.string] + words, in: desk.root,
            environment: desk.environment())
    }

    @Test(arguments: Place.allCases)
    private func everyCommandTellsIt(_ place: Place) async throws {
        try await withDesk { desk in
            _ = try desk.file("empty.dump", "")
            let dump = try await Dumps.named("orchard.custom").string
            let drill = ["drill", "empty.dump", "--unsigned", "--reports", "reports"]
            try #require(try await desk.pgassay(drill).exitCode == 1)
            let report = try #require(try desk.reportNames.first)
            let commands: [([String], Int32)] = [
                (["report", "show", "reports/\(report)", "--format", "json"], 0),
                (["report", "show", "reports/\(report)"], 0),
                (drill + ["--format", "json"], 1), (drill, 1),
                (["drill", dump, "--unsigned", "--dry-run", "--format", "json"], 0),
                (["drill", dump, "--unsigned", "--dry-run"], 0),
                (["keys", "generate", "--output", "keys-\(place)"], 0), (["doctor"], 0), (["clean"], 0),
                (["--help"], 0),
                (["--version"], 0),
            ]
            for (words, code) in commands {
                let outcome = try await run(words, to: place, in: desk)
                #expect(outcome.exitCode == 3, "\(words)")
                #expect(
                    outcome.errors.contains(
                        """
                        pgassay: standard output could not be written: \(place.error); without this error, the exit code would \
                        have been \(code)
                        """), "\(words): \(outcome.errors)")
            }
            // The reports are there all the same.
            #expect(try desk.reportNames.count == 3)
        }
    }

    @Test func everyColdTierCommandTellsIt() async throws {
        try await TestServer.lent { server in
            let target = server.target(database: "lost_output")
            try await withConnection(to: server.target(database: "postgres")) {
                try await $0.execute("CREATE DATABASE lost_output TEMPLATE template0")
            }
            try await withConnection(to: target) {
                try await $0.execute("CREATE TABLE t AS SELECT timestamptz '2023-01-01' AS at")
            }
            try await withDesk { desk in
                let database = ["--database", target.connectionString, "--format", "json"]
                let export = [
                    "--table", "t", "--column", "at", "--before", "2024-01-01", "--output", "cold", "--unsigned",
                ]
                for words in [
                    ["export"] + database + export, ["export", "verify", "cold", "--unsigned", "--format", "json"],
                    ["import", "cold", "--unsigned"] + database,
                ] {
                    let outcome = try await run(words, to: .fullDisk, in: desk)
                    #expect(outcome.exitCode == 3, "\(words): \(outcome.errors)")
                    #expect(outcome.errors.contains("the exit code would have been 0"), "\(words): \(outcome.errors)")
                }
            }
        }
    }
}
