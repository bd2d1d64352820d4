import Evidence
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `--verbose` and `PGASSAY_LOG` tell: enough for a report of an error, and no secret and no row.
@Suite struct LogTests {
    /// Lines of the log begin with a time; nothing else on standard error does.
    private static func lines(_ outcome: Program.Outcome, of area: String? = nil) -> [Substring] {
        outcome.errors.split(separator: "\n").filter { line in
            line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|trace) [a-z]+: /#) != nil
                && (area.map { line.contains(" \($0): ") } ?? true)
        }
    }

    /// A dump from which a table was left out, read through a command that has a password among its arguments.
    private func drill(_ desk: Desk, _ more: [String] = [], log level: String? = nil) async throws -> Drilled {
        let dump = try await Dumps.named("orchard.without-growers")
        let plan = try desk.file(
            "plan.yaml",
            """
            name: test
            backup: { path: '\(dump)', decrypt: [sh, -c, cat, --password, password-4711], environment: [PGASSAY_TEST_TOKEN] }
            """)
        var environment = ["PGASSAY_TEST_TOKEN": "token-4711", "PGPASSWORD": "pgpassword-4711"]
        environment["PGASSAY_LOG"] = level
        return try await desk.drill(plan, more, environment: environment)
    }

    @Test func itShowsProgramsStatementsAndDecisions() async throws {
        try await withDesk { desk in
            let drilled = try await drill(desk, ["--format", "json"], log: "debug")
            #expect(drilled.exitCode == 1, "\(drilled.outcome.errors)")
            let programs = Self.lines(drilled.outcome, of: "process")
            let restore = try #require(programs.first { $0.contains("/pg_restore ") }, "\(programs)")
            #expect(restore.contains("--dbname="))
            let process = try #require(restore.firstMatch(of: #/process: (\d+) started: /#)?.1)
            #expect(programs.contains { $0.contains("process: \(process) ended: exit code 1, after ") }, "\(programs)")
            #expect(programs.contains { $0.contains("/sh -c cat --password …") }, "\(programs)")

            let statements = Self.lines(drilled.outcome, of: "sql")
            for name in ["catalogue.sql", "foreign-keys.sql", "indexes.sql"] {
                #expect(statements.contains { $0.hasSuffix(": \(name)") }, "\(statements)")
            }
            #expect(
                statements.contains {
                    $0.contains(#"CREATE DATABASE "restored" TEMPLATE template0 STRATEGY file_copy ENCODING ?"#)
                })

            let causes = Self.lines(drilled.outcome, of: "cause")
            let words = "SQLSTATE 42P01 of ALTER TABLE ONLY while restoring: backup, by the row undefined"
            #expect(causes.contains { $0.contains(words) }, "\(causes)")
            let verdicts = Self.lines(drilled.outcome, of: "verdict")
            #expect(verdicts.count == 1 && verdicts[0].contains("failed, cause backup: decided by "), "\(verdicts)")
            #expect(Self.lines(drilled.outcome, of: "finding").contains { $0.contains("; found ") })

            // The report alone is on standard output.
            _ = try JSONSerialization.jsonObject(with: Data(drilled.outcome.output.utf8))
            #expect(!drilled.outcome.output.contains("foreign-keys.sql"))
        }
    }

    @Test(arguments: ["debug", "trace"])
    func itTellsNoSecretAndNoRow(_ level: String) async throws {
        try await withDesk { desk in
            let drilled = try await drill(desk, log: level)
            let log = Self.lines(drilled.outcome).joined(separator: "\n")
            #expect(log.contains("/pg_restore "))
            // The second is the value of a row, md5('17').
            for words in ["-4711", "70efdf2ec9b086079795c442636b55fb", "Polygon"] {
                #expect(!log.contains(words), "\(words): \(log)")
            }
        }
    }

    @Test func withoutItNothingIsLogged() async throws {
        try await withDesk { desk in
            let drilled = try await drill(desk)
            #expect(drilled.exitCode == 1, "\(drilled.outcome.errors)")
            #expect(Self.lines(drilled.outcome) == [])
            #expect(!drilled.outcome.errors.contains("pg_restore --"))
        }
    }

    @Test(arguments: [["--verbose"], []])
    func theFlagIsTheVariable(_ flag: [String]) async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(
                ["doctor"] + flag, environment: flag.isEmpty ? ["PGASSAY_LOG": "DEBUG"] : [:])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(Self.lines(outcome, of: "process").contains { $0.contains("/postgres --version") })
            #expect(!outcome.output.contains("debug"))
        }
    }

    @Test(arguments: [
        ["drill"], ["find-clean"], ["export", "run"], ["export", "verify"], ["import"], ["clean"], ["doctor"],
    ])
    func everyCommandThatWorksHasTheFlag(_ command: [String]) async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(command + ["--help"])
            #expect(outcome.output.contains("--verbose"), "\(outcome.output)")
        }
    }

    @Test func aLevelThatThereIsNotIsRefused() async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["doctor"], environment: ["PGASSAY_LOG": "loud"])
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.hasPrefix("pgassay: PGASSAY_LOG is loud; it may be one of: trace, debug, "))
        }
    }
}
