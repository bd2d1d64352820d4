import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Real pgBackRest and Barman repositories, with tablespaces, drilled through the tools' own restore commands.
@Suite struct RepositoryTests {
    /// Fills a cluster, and makes a commit before and one after a time.
    /// - Parameters:
    ///   - first: takes the first backup; later ones follow the change after it.
    ///   - next: takes the next one.
    /// - Returns: the time.
    private static func fill(
        _ cluster: SourceCluster, first: () async throws -> Void, next: () async throws -> Void
    ) async throws -> String {
        let space = cluster.directory.appending("space")
        try cluster.makeDirectory(space)
        try await cluster.execute(
            "CREATE TABLESPACE s LOCATION '\(space)'", "CREATE TABLE t (i int PRIMARY KEY, note text)",
            "CREATE TABLE u TABLESPACE s AS SELECT i FROM generate_series(1, 1000) i",
            "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 3000) i")
        try await first()
        try await cluster.execute("INSERT INTO t VALUES (10001, 'between')")
        try await next()
        try await cluster.execute("INSERT INTO t VALUES (10002, 'earlier')", "SELECT pg_sleep(0.2)")
        let time = try await cluster.value("SELECT clock_timestamp()::timestamptz(3) AT TIME ZONE 'UTC' || '+00'")
        try await cluster.execute("SELECT pg_sleep(0.2)", "INSERT INTO t VALUES (10003, 'later')")
        try await cluster.archiveAll()
        return time
    }

    private static func plan(_ desk: Desk, _ backup: String, _ recovery: String, later: Int) throws -> FilePath {
        try desk.file(
            "plan.yaml",
            """
            name: test
            backup: { \(backup) }
            recovery: { \(recovery) }
            checks:
              sql:
                earlier: { query: SELECT count(*) FROM t WHERE note = 'earlier', equals: 1 }
                later: { query: SELECT count(*) FROM t WHERE note = 'later', equals: \(later) }
            """)
    }

    @Test func pgBackRest() async throws {
        try await withDesk(.long) { desk in
            // The newest that Debian's pgBackRest knows.
            try await SourceCluster.with(major: 15) { cluster in
                let repository = try await PgBackRestRepository(of: cluster)
                var names: [String] = []
                let time = try await Self.fill(cluster) {
                    names.append(try await repository.backup("full"))
                } next: {
                    names.append(try await repository.backup("diff"))
                    names.append(try await repository.backup("incr"))
                }
                let place = "pgbackrest: { stanza: main, config: '\(repository.configuration)' }"
                for name in names {
                    let drilled = try await desk.drill(
                        try Self.plan(desk, "\(place), pick: \(name)", "time: '\(time)'", later: 0))
                    #expect(drilled.exitCode == 0, "\(name): \(drilled.complaints)")
                    #expect(drilled.rows == ["public.t": 3002, "public.u": 1000])
                    #expect(drilled.report.backup.location == "pgbackrest:main/\(name)")
                    #expect(drilled.report.backup.kind == "base backup")
                    #expect(drilled.report.backup.digest.keys.sorted() == ["dirHash"])
                    #expect(drilled.report.phases.map(\.name).contains("fetch"))
                }
                let latest = try await desk.drill(try Self.plan(desk, place, "", later: 1))
                #expect(latest.exitCode == 0, "\(latest.complaints)")
                #expect(latest.rows["public.t"] == 3003)
                #expect(latest.report.backup.location.hasSuffix(names[2]))
                #expect(latest.report.backup.whyThisOne.contains("the newest of 3"))

                let plan = try Self.plan(desk, "\(place), pick: oldest", "", later: 1)
                let dry = try await desk.pgassay(["drill", plan.string, "--dry-run"])
                #expect(dry.exitCode == 0, "\(dry.errors)")
                #expect(dry.output.contains("pgbackrest:main/\(names[0])"), "\(dry.output)")

                let wrong = "pgbackrest: { stanza: main, config: '\(try repository.wronglyKeyed())' }"
                let locked = try await desk.drill(try Self.plan(desk, wrong, "", later: 1))
                #expect(locked.exitCode == 3, "\(locked.complaints)")
                #expect(locked.complaints.contains("Without the right key"), "\(locked.complaints)")
                #expect(locked.report.backup.location == "pgbackrest:main/")
                #expect(!locked.outcome.errors.contains("wheat") && !locked.complaints.contains("wheat"))
            }
        }
    }

    @Test func pgBackRestDamaged() async throws {
        try await withDesk(.long) { desk in
            try await SourceCluster.with(major: 15) { cluster in
                let repository = try await PgBackRestRepository(of: cluster)
                var name = ""
                _ = try await Self.fill(cluster) {
                    name = try await repository.backup("full")
                } next: {
                    try await cluster.archiveAll()
                    try await cluster.execute("INSERT INTO t VALUES (20001, 'a segment more')")
                    try await cluster.archiveAll()
                }
                let plan = try Self.plan(
                    desk, "pgbackrest: { stanza: main, config: '\(repository.configuration)' }", "", later: 1)
                let archive = repository.repository.appending("archive/main/15-1")
                let segments = try FileManager.default.subpathsOfDirectory(atPath: archive.string).filter {
                    $0.hasSuffix(".gz")
                }.sorted()
                let middle = segments[segments.count - 2]
                let aside = desk.root.appending("aside").string
                try FileManager.default.moveItem(atPath: archive.appending(middle).string, toPath: aside)
                let gap = try await desk.drill(plan)
                #expect(gap.exitCode == 1, "\(gap.complaints)")
                #expect(gap.complaints.contains("nothing after the gap"), "\(gap.complaints)")
                try FileManager.default.moveItem(atPath: aside, toPath: archive.appending(middle).string)

                let backup = repository.repository.appending("backup/main/\(name)/pg_data")
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let file = URL(filePath: backup.appending(path + ".gz").string)
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: file)
                let damaged = try await desk.drill(plan)
                #expect(damaged.exitCode == 1, "\(damaged.complaints)")
                #expect(damaged.complaints.contains("found damage in the repository"), "\(damaged.complaints)")
            }
        }
    }

    @Test func barman() async throws {
        try await withDesk(.long) { desk in
            try await SourceCluster.with(major: 15) { cluster in
                let barman = try await BarmanServer(of: cluster)
                let time = try await Self.fill(cluster) {
                    try await barman.backup()
                } next: {
                    // Names go by the second.
                    try await cluster.execute("SELECT pg_sleep(1)")
                    try await barman.backup()
                }
                try await barman.takeLog()
                let place = "barman: { server: main, config: '\(barman.configuration)' }"
                for pick in ["newest", "oldest"] {
                    let drilled = try await desk.drill(
                        try Self.plan(desk, "\(place), pick: \(pick)", "time: '\(time)'", later: 0))
                    #expect(drilled.exitCode == 0, "\(pick): \(drilled.complaints)")
                    #expect(drilled.rows == ["public.t": 3002, "public.u": 1000])
                    #expect(drilled.report.backup.whyThisOne.contains("the \(pick) of 2"))
                    // Barman keeps the manifest, and so it is compared.
                    #expect(drilled.findings("archive").map(\.status) == [.passed])
                }
                let latest = try await desk.drill(try Self.plan(desk, place, "", later: 1))
                #expect(latest.exitCode == 0, "\(latest.complaints)")

                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let newest = try #require(
                    try FileManager.default.contentsOfDirectory(atPath: barman.home.appending("main/base").string)
                        .sorted().last)
                let file = URL(filePath: barman.home.appending("main/base/\(newest)/data/\(path)").string)
                var bytes = try Data(contentsOf: file)
                bytes[5000] ^= 1
                try bytes.write(to: file)
                let damaged = try await desk.drill(try Self.plan(desk, place, "", later: 1))
                #expect(damaged.exitCode == 1, "\(damaged.complaints)")
                #expect(damaged.complaints.contains("t (\(path))"), "\(damaged.complaints)")
            }
        }
    }
}
