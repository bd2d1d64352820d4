import Findings
import Foundation
import Processes
import SystemPackage
import TestSupport
import Testing

/// What cp, rsync or tar makes of the directory of a server that runs: postmaster.pid is in it, and no backup label.
@Suite struct RunningCopyTests {
    private static func copy(_ path: FilePath, to place: FilePath) async throws {
        let copied = try await Command("/bin/cp", ["-a", "\(path)/.", place.string]).run(deadline: .seconds(600))
        try #require(copied.succeeded, "\(copied.failure)")
    }

    @Test func itPassesOnlyIfSomebodySaysThatItIsOfOneMoment() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                try await cluster.execute(
                    "CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i", "CHECKPOINT")
                let copy = cluster.directory.appending("copy")
                try await cluster.copyFiles(to: copy)

                // Nothing was written meanwhile, which nothing in it shows.
                let unknown = try await desk.drill(copy)
                #expect(unknown.exitCode == 3, "\(unknown.complaints)")
                #expect(unknown.report.cause == .environment)
                #expect(unknown.complaints.contains("recovery.snapshot of the plan or --snapshot"))
                #expect(unknown.rows["public.t"] == 1000)
                let inspected = try await desk.inspect(copy)
                #expect(inspected.exitCode == 3, "\(inspected.complaints)")
                let stated = try await desk.drill(try desk.plan(copy, "recovery: { snapshot: true }"))
                #expect(stated.exitCode == 0, "\(stated.complaints)")
                #expect(try await desk.inspect(copy, ["--snapshot"]).exitCode == 0)

                // cp reads pg_wal first, and the tables after the server went on.
                try await cluster.execute("UPDATE t SET i = i + 1", "CHECKPOINT")
                try await Self.copy(cluster.data.appending("base"), to: copy.appending("base"))
                try await Self.expectTorn(copy, "changed after the log of the copy ends", at: desk)

                // cp reads the tables first, then the server goes on to a checkpoint, then cp reads all that names it.
                let late = cluster.directory.appending("late")
                try await cluster.copyFiles(to: late)
                try await cluster.execute("UPDATE t SET i = i + 1", "CHECKPOINT")
                for name in ["global", "pg_wal", "pg_xact"] {
                    try await Self.copy(cluster.data.appending(name), to: late.appending(name))
                }
                try await Self.expectTorn(late, "lack a change that the log has", at: desk)
            }
        }
    }

    /// Whatever was done to it: no page of it is older or newer than it can be.
    @Test(arguments: [15, 18])
    func whatACrashLeavesIsOfOneMoment(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                let work = [
                    "UPDATE t SET i = i + 1 WHERE i % 3 = 0", "DELETE FROM t WHERE i > 3000", "VACUUM FREEZE t",
                    "INSERT INTO t SELECT i, repeat('y', 200) FROM generate_series(5000, 9000) i",
                    "CREATE INDEX ON t USING hash (i)", "CREATE INDEX ON t (note)", "REINDEX TABLE t",
                    "CREATE TABLE gone AS TABLE t", "DELETE FROM gone", "VACUUM gone",
                    "INSERT INTO gone TABLE t", "DROP TABLE gone",
                    "CREATE TABLE cut AS TABLE t", "TRUNCATE cut", "INSERT INTO cut TABLE t",
                    "SELECT count(*) FROM cut", "CLUSTER t USING t_note_idx",
                ]
                try await cluster.execute(
                    """
                    CREATE TABLE t AS SELECT i, repeat('x', 200) AS note FROM generate_series(1, 4000) i
                    """)
                for statement in work { try await cluster.execute(statement) }
                try await cluster.execute("CHECKPOINT", "DROP TABLE cut", "DROP INDEX t_i_idx")
                for statement in work { try await cluster.execute(statement) }
                let rows = try await cluster.value("SELECT count(*)::text FROM t")
                let pid = try #require(
                    FileManager.default.contents(atPath: cluster.data.appending("postmaster.pid").string))
                try await cluster.stop(mode: "immediate")
                try pid.write(to: URL(filePath: cluster.data.appending("postmaster.pid").string))
                let drilled = try await desk.drill(cluster.data, ["--snapshot"])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"].map(String.init) == rows)
                try FileManager.default.removeItem(atPath: cluster.data.appending("postmaster.pid").string)
                try await cluster.start()
            }
        }
    }

    /// Whatever somebody says of it.
    private static func expectTorn(_ copy: FilePath, _ words: String, at desk: Desk) async throws {
        for said in [[], ["--snapshot"]] {
            let torn = try await desk.drill(copy, said)
            #expect(torn.exitCode == 1, "\(torn.complaints)")
            #expect(torn.report.cause == .backup)
            #expect(torn.complaints.contains(words), "\(torn.complaints)")
            let seen = try await desk.inspect(copy, said)
            #expect(seen.exitCode == 1 && seen.complaints.contains(words), "\(seen.complaints)")
        }
    }
}
