import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Chains of incremental backups, PostgreSQL 17 and newer.
@Suite struct IncrementalBackupTests {
    /// A weekly full backup, two daily ones on it, and the log: a commit before and one after the time.
    private struct Week: Sendable {
        let full: FilePath
        let first: FilePath
        let second: FilePath
        let archive: FilePath
        let time: String

        /// The tablespace of each.
        var spaces: [FilePath] { [full, first, second].map { FilePath("\($0)-space") } }
        var follow: [String] { spaces.flatMap { ["--follow", $0.string] } }
    }

    private static func withWeek<Result: Sendable>(
        _ body: @Sendable (SourceCluster, Week) async throws -> Result
    ) async throws -> Result {
        try await SourceCluster.with(major: 17) { cluster in
            let space = cluster.directory.appending("space")
            try cluster.makeDirectory(space)
            try await cluster.execute(
                "ALTER SYSTEM SET summarize_wal = on", "SELECT pg_reload_conf()",
                "CREATE TABLESPACE s LOCATION '\(space)'",
                "CREATE TABLE t (i int PRIMARY KEY, note text)",
                "CREATE TABLE u TABLESPACE s AS SELECT i FROM generate_series(1, 1000) i",
                "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 3000) i")
            func backup(_ name: String, on previous: FilePath?) async throws -> FilePath {
                let mapping = "--tablespace-mapping=\(space)=\(cluster.directory.appending(name + "-space"))"
                return try await cluster.baseBackup(
                    name,
                    [mapping] + (previous.map { ["--incremental=\($0.appending("backup_manifest"))"] } ?? []))
            }
            let full = try await backup("full", on: nil)
            try await cluster.execute("INSERT INTO t VALUES (10001, 'monday')", "UPDATE u SET i = 0 WHERE i = 7")
            let first = try await backup("monday", on: full)
            try await cluster.execute("INSERT INTO t VALUES (10002, 'tuesday')", "CREATE TABLE v AS SELECT 1 AS i")
            let second = try await backup("tuesday", on: first)
            try await cluster.execute("INSERT INTO t VALUES (10003, 'earlier')", "SELECT pg_sleep(0.2)")
            let time = try await cluster.value("SELECT clock_timestamp()::timestamptz(3) AT TIME ZONE 'UTC' || '+00'")
            try await cluster.execute("SELECT pg_sleep(0.2)", "INSERT INTO t VALUES (10004, 'later')")
            try await cluster.archiveAll()
            return try await body(
                cluster,
                Week(full: full, first: first, second: second, archive: cluster.archive, time: time))
        }
    }

    private static func plan(_ desk: Desk, _ week: Week, _ recovery: String, later: Int) throws -> FilePath {
        try desk.plan(
            week.second, following: week.spaces,
            """
            recovery: { wal: '\(week.archive)'\(recovery) }
            checks:
              sql:
                monday: { query: SELECT count(*) FROM t WHERE note = 'monday', equals: 1 }
                space: { query: SELECT count(*) FROM u WHERE i = 0, equals: 1 }
                earlier: { query: SELECT count(*) FROM t WHERE note = 'earlier', equals: 1 }
                later: { query: SELECT count(*) FROM t WHERE note = 'later', equals: \(later) }
            """)
    }

    @Test func aWeekOfThem() async throws {
        try await withDesk { desk in
            try await Self.withWeek { _, week in
                let between = try await desk.drill(try Self.plan(desk, week, ", time: '\(week.time)'", later: 0))
                #expect(between.exitCode == 0, "\(between.complaints)")
                #expect(between.rows == ["public.t": 3003, "public.u": 1000, "public.v": 1])
                #expect(between.report.backup.format == "incremental, 3 backups")
                let inspected = try await desk.inspect(week.second, week.follow + ["--wal", week.archive.string])
                #expect(inspected.exitCode == 0, "\(inspected.complaints)\(inspected.errors)")
                #expect(inspected.checks.contains { $0.subject == "tuesday: log" && $0.status == .passed })
                #expect(inspected.checks.contains { $0.subject == "full: pages" && $0.status == .passed })
                let latest = try await desk.drill(try Self.plan(desk, week, "", later: 1))
                #expect(latest.exitCode == 0, "\(latest.complaints)")
                #expect(latest.rows["public.t"] == 3004)
            }
        }
    }

    @Test func brokenChains() async throws {
        try await withDesk { desk in
            try await Self.withWeek { cluster, week in
                let aside = desk.root.appending("aside").string
                try FileManager.default.moveItem(atPath: week.first.string, toPath: aside)
                let missing = try await desk.drill(week.second, week.follow)
                #expect(missing.exitCode == 1, "\(missing.complaints)")
                #expect(missing.complaints.contains("a link of the chain is missing"), "\(missing.complaints)")
                #expect(missing.complaints.contains("tuesday builds on a backup that begins at"))
                let alone = try await desk.inspect(week.second, week.follow)
                #expect(alone.exitCode == 1 && alone.complaints.contains("a link of the chain is missing"))
                try FileManager.default.moveItem(atPath: aside, toPath: week.first.string)

                // Of the full backup, which pg_combinebackup alone would not notice.
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let file = URL(filePath: week.full.appending(path).string)
                let whole = try Data(contentsOf: file)
                var flipped = whole
                flipped[5000] ^= 2
                try flipped.write(to: file)
                let damaged = try await desk.drill(week.second, week.follow)
                #expect(damaged.exitCode == 1, "\(damaged.complaints)")
                #expect(damaged.complaints.contains("full/\(path)"), "\(damaged.complaints)")
                let read = try await desk.inspect(week.second, week.follow)
                #expect(read.exitCode == 1 && read.complaints.contains("full: \(path)"), "\(read.complaints)")
                try whole.write(to: file)

                // Another server's, that begins at the same place.
                try await Self.makeForeign(week.first)
                let foreign = try await desk.drill(week.second, week.follow)
                #expect(foreign.exitCode == 1, "\(foreign.complaints)")
                #expect(foreign.complaints.contains("is of another server"), "\(foreign.complaints)")
                let inspected = try await desk.inspect(week.second, week.follow)
                #expect(inspected.exitCode == 1 && inspected.complaints.contains("is of another server"))
            }
        }
    }

    @Test func inTarFiles() async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: 17) { cluster in
                try await cluster.execute("ALTER SYSTEM SET summarize_wal = on", "SELECT pg_reload_conf()")
                let full = try await cluster.baseBackup("full")
                let next = try await cluster.baseBackup(
                    "next", ["-Ft", "--incremental=\(full.appending("backup_manifest"))"])
                let outcome = try await desk.pgassay(desk.drilling(next))
                #expect(outcome.exitCode == 2, "\(outcome.output)")
                #expect(outcome.errors.contains("an incremental backup in tar files"), "\(outcome.errors)")
                #expect(outcome.errors.contains("Unpack it (tar -xf)"), "\(outcome.errors)")
                #expect(try desk.names(in: desk.reports) == [])
            }
        }
    }

    /// Writes another system identifier into a manifest, and its checksum anew.
    private static func makeForeign(_ backup: FilePath) async throws {
        let file = backup.appending("backup_manifest").string
        var text = try String(contentsOfFile: file, encoding: .utf8)
        text.replace(/"System-Identifier": \d+/, with: "\"System-Identifier\": 7000000000000000001")
        let body = text[..<(try #require(text.range(of: "\"Manifest-Checksum\"")).lowerBound)]
        try String(body).write(toFile: file, atomically: false, encoding: .utf8)
        let sum = try await Program("/usr/bin/sha256sum").run([file], in: "/", environment: [:])
        let checksum = sum.output.prefix(64)
        try "\(body)\"Manifest-Checksum\": \"\(checksum)\"}\n".write(toFile: file, atomically: false, encoding: .utf8)
    }
}
