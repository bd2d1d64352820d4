import Evidence
import Files
import Findings
import Foundation
import Glibc
import Postgres
import Report
import Restore
import Scratch
import SystemPackage
import TestSupport
import Testing

@testable import Drill

/// A backup is opened once. Whoever exchanges it while it is drilled changes nothing, or makes the drill void; and it happens at a
/// certain step here, not perhaps.
@Suite struct OpenedOnceTests {
    /// A plain dump with a table of so many rows.
    private static func dump(rows: Int) -> String {
        let values = (0..<rows).map { "\($0)\n" }.joined()
        return """
            --
            -- PostgreSQL database dump
            --

            -- Dumped from database version 15.1
            -- Dumped by pg_dump version 15.1

            CREATE TABLE public.t (i integer);
            COPY public.t (i) FROM stdin;
            \(values)\\.

            --
            -- PostgreSQL database dump complete
            --

            """
    }

    /// Directories `backup` and `other`, each with a file `a.sql` of three and of five rows.
    private static func withBackups(_ body: (FilePath, FilePath) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            for (name, rows) in [("backup", 3), ("other", 5)] {
                let directory = root.appending(name)
                try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
                try Data(dump(rows: rows).utf8).write(to: URL(filePath: directory.appending("a.sql").string))
            }
            try await body(root.appending("backup"), root.appending("other"))
        }
    }

    private static func exchange(_ one: FilePath, _ other: FilePath) {
        let aside = FilePath("\(one).aside")
        for (from, to) in [(one, aside), (other, one), (aside, other)] { rename(from.string, to.string) }
    }

    /// Drills it, and calls `step` when each phase begins, before anything else of the phase.
    private static func drill(
        _ backup: FilePath, _ checks: String = "", on server: String? = nil,
        at step: @escaping @Sendable (DrillPhase) -> Void
    ) async throws -> Report {
        let root = backup.removingLastComponent().removingLastComponent()
        let file = root.appending("plan.yaml")
        let text =
            "name: test\nbackup: { path: '\(backup)' }\nscratch: { \(server.map { "server: '\($0)'" } ?? "directory: '\(root)/s'") }\n\(checks)\n"
        try Data(text.utf8).write(to: URL(filePath: file.string))
        let request = DrillRequest(
            plan: try Plan(contentsOf: file), backup: FoundBackup(path: backup, reason: "the test's"),
            reports: root.appending("reports"), signer: nil,
            trigger: Report.Trigger(kind: "manual", user: "test", host: "test"), toolVersion: "1", keepScratch: false)
        return try await runDrill(request) { event in
            if case .phase(let phase) = event { step(phase) }
        }.report
    }

    /// Dumps a table of three rows to one place, and one of five to another.
    private static func dump(on server: ScratchServer, to places: [FilePath], _ format: String) async throws {
        for (place, rows) in zip(places, [3, 5]) {
            try await withConnection(to: server.target(database: "postgres")) { connection in
                try await connection.execute("DROP TABLE IF EXISTS t")
                try await connection.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, \(rows)) i")
            }
            let dumped = try await Program(server.installation.program("pg_dump")).run(
                [
                    "--dbname=\(server.target(database: "postgres").connectionString)", format, "-f", place.string,
                ], in: "/", environment: [:])
            try #require(dumped.exitCode == 0, "\(dumped.errors)")
        }
    }

    private static func digest(_ file: FilePath) async throws -> String {
        let sum = try await Program("/usr/bin/sha256sum").run([file.string], in: "/", environment: [:])
        return String(sum.output.prefix(64))
    }

    /// The digest was of one backup, and another was restored: a signature under bytes that nobody had tried.
    @Test func theBackupOfTheDigestIsRestored() async throws {
        try await Self.withBackups { backup, other in
            let file = backup.appending("a.sql")
            let digest = try await Self.digest(file)
            let report = try await Self.drill(file) { phase in
                // After it was inspected, and back after it was restored.
                if phase == .start || phase == .check { Self.exchange(backup, other) }
            }
            #expect(report.backup.digest == ["sha256": digest])
            #expect(report.tables.map(\.rows) == [3])
            #expect(report.verdict == .passed, "\(report.checks.filter { $0.status != .passed })")
        }
    }

    /// The same for archives, which pg_restore reads: behind walls, and for an existing server, without.
    @Test func theArchiveOfTheDigestIsRestored() async throws {
        try await TestServer.with { server in
            try await Self.withBackups { backup, other in
                try await Self.dump(on: server, to: [backup, other].map { $0.appending("a.dump") }, "-Fc")
                let file = backup.appending("a.dump")
                let digest = try await Self.digest(file)
                let uri = "postgresql:///postgres?host=\(server.directory.socket)&user=postgres"
                for existing in [nil, uri] {
                    let report = try await Self.drill(file, on: existing) { phase in
                        if phase == .restore || phase == .check { Self.exchange(backup, other) }
                    }
                    #expect(report.backup.digest == ["sha256": digest])
                    #expect(report.tables.map(\.rows) == [3], "\(existing ?? "own server")")
                    #expect(report.verdict == .passed, "\(report.checks.filter { $0.status != .passed })")
                }
            }
        }
    }

    /// pg_restore opens the files of a directory dump by their names, when it needs them.
    @Test func aFileOfADirectoryDump() async throws {
        try await TestServer.with { server in
            try await Self.withBackups { backup, other in
                let places = [backup, other].map { $0.appending("a.dir") }
                try await Self.dump(on: server, to: places, "-Fd")
                let files = try places.map { place in
                    let names = try FileManager.default.contentsOfDirectory(atPath: place.string)
                    return place.appending(try #require(names.first { $0.hasSuffix(".dat.gz") }))
                }
                for back in [DrillPhase.check, .teardown] {
                    let report = try await Self.drill(places[0]) { phase in
                        if phase == .restore || phase == back { Self.exchange(files[0], files[1]) }
                    }
                    #expect(report.verdict == .inconclusive && report.cause == .environment)
                    #expect(report.checks.contains { $0.observed == "its files changed during the drill" })
                    #expect(!report.checks.contains { $0.status == .failed })
                }
            }
        }
    }

    @Test func anotherFileIsNoticed() async throws {
        try await Self.withBackups { backup, other in
            let file = backup.appending("a.sql")
            let report = try await Self.drill(file) { phase in
                if phase == .start || phase == .check { Self.exchange(file, other.appending("a.sql")) }
            }
            #expect(report.verdict == .inconclusive && report.cause == .environment)
            #expect(report.checks.contains { $0.observed == "its files changed during the drill" })
        }
    }

    /// What changed is not called bad either: nothing is known of what it was.
    @Test func whatChangedHasNotFailed() async throws {
        try await Self.withBackups { backup, _ in
            let file = backup.appending("a.sql")
            let expecting = "checks: { row-counts: { public.t: { exactly: 4 } } }"
            let failed = try await Self.drill(file, expecting) { _ in }
            #expect(failed.verdict == .failed && failed.cause == .expectation)
            let report = try await Self.drill(file, expecting) { phase in
                if phase == .teardown {
                    let handle = FileHandle(forWritingAtPath: file.string)
                    handle?.seekToEndOfFile()
                    handle?.write(Data("\n".utf8))
                }
            }
            #expect(report.verdict == .inconclusive && report.cause == .environment)
            #expect(!report.checks.contains { $0.status == .failed })
            #expect(report.checks.contains { $0.reason?.contains("so this says nothing of it") == true })
        }
    }

    /// A file of a directory dump exchanged for a link to what only root may read.
    @Test func aLinkToWhatOnlyWeMayRead() async throws {
        try await Self.withBackups { backup, other in
            let secret = other.appending("a.sql")
            let report = try await Self.drill(backup.appending("a.sql")) { phase in
                guard phase == .inspect else { return }
                unlink(backup.appending("a.sql").string)
                symlink(secret.string, backup.appending("a.sql").string)
            }
            #expect(report.verdict == .inconclusive && report.cause == .environment)
        }
    }
}
