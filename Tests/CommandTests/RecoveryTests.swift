import Findings
import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Base backups and snapshots of real servers, recovered.
@Suite struct RecoveryTests {
    /// Both sides of the boundary: what must be there, and what must not yet.
    private static func plan(
        _ desk: Desk, _ chain: RecoveryChain, _ recovery: String, earlier: Int = 1, later: Int
    ) throws -> FilePath {
        try desk.plan(
            chain.backup,
            """
            recovery: { wal: '\(chain.archive)', \(recovery) }
            checks:
              sql:
                earlier: { query: SELECT count(*) FROM t WHERE note = 'earlier', equals: \(earlier) }
                later: { query: SELECT count(*) FROM t WHERE note = 'later', equals: \(later) }
            """)
    }

    @Test("To a time between two commits, on each version", arguments: [15, 17])
    func betweenTwoCommits(major: Int) async throws {
        try await withDesk { desk in
            try await withChain(major: major) { _, chain in
                let drilled = try await desk.drill(try Self.plan(desk, chain, "time: '\(chain.time)'", later: 0))
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 3001)
                #expect(drilled.report.backup.kind == "base backup")
                #expect(drilled.findings("recovery").map(\.status) == [.passed])
                #expect(drilled.findings("archive").map(\.status) == [.passed])
                #expect(drilled.report.phases.map(\.name).contains("recover"))
            }
        }
    }

    @Test func toEveryOtherTarget() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let targets = [
                    ("position: '\(chain.position)'", 1, 0), ("restorePoint: between", 1, 0),
                    ("transaction: '\(chain.transaction)'", 1, 1),
                    ("transaction: '\(chain.transaction)', inclusive: false", 1, 0), ("immediate: true", 0, 0),
                ]
                for (target, earlier, later) in targets {
                    let plan = try Self.plan(desk, chain, target, earlier: earlier, later: later)
                    let drilled = try await desk.drill(plan)
                    #expect(drilled.exitCode == 0, "\(target): \(drilled.complaints)")
                }
                let latest = try await desk.drill(chain.backup, ["--wal", chain.archive.string])
                #expect(latest.exitCode == 0, "\(latest.complaints)")
                #expect(latest.rows["public.t"] == 3003)
                let alone = try await desk.drill(chain.backup)
                #expect(alone.exitCode == 0, "\(alone.complaints)")
                #expect(alone.rows["public.t"] == 3000)
            }
        }
    }

    @Test func aTargetThatTheLogDoesNotReach() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let wal = ["--wal", chain.archive.string]
                let beyond = try await desk.drill(chain.backup, wal + ["--target-time", "2099-01-01 00:00:00+00"])
                #expect(beyond.exitCode == 1)
                let finding = try #require(beyond.findings("recovery").first)
                #expect(finding.status == .failed && finding.cause == .expectation)
                #expect(finding.observed?.contains("last commit 20") == true, "\(finding)")
                #expect(finding.observed?.contains("replayed to 0/") == true, "\(finding)")
                // Before the backup's own end, nothing can be recovered: the plan is wrong, and not the backup.
                let early = try await desk.drill(chain.backup, wal + ["--target-time", "2001-01-01 00:00:00+00"])
                #expect(early.exitCode == 3)
                #expect(early.findings("recovery").map(\.cause) == [.environment], "\(early.complaints)")
            }
        }
    }

    @Test("The log has a gap, ends within a segment, or is another server's")
    func flawsOfTheLog() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let names = try FileManager.default.contentsOfDirectory(atPath: chain.archive.string)
                    .filter { $0.count == 24 }.sorted()
                // The first ones are older than the backup.
                let middle = names[names.count - 2]
                let file = chain.archive.appending(middle)
                let whole = try #require(FileManager.default.contents(atPath: file.string))
                var foreign = whole
                foreign[24] ^= 1
                let damages: [(String, Data?)] = [
                    ("nothing after the gap", nil), ("it has 1000000 bytes", whole.prefix(1_000_000)),
                    ("it is of the system", foreign),
                ]
                for (words, bytes) in damages {
                    try FileManager.default.removeItem(atPath: file.string)
                    if let bytes { try bytes.write(to: URL(filePath: file.string)) }
                    let drilled = try await desk.drill(chain.backup, ["--wal", chain.archive.string])
                    #expect(drilled.exitCode == 1, "\(words): \(drilled.complaints)")
                    let failed = drilled.report.checks.filter { $0.status == .failed }
                    #expect(failed.map(\.subject) == ["pg_wal/\(middle)"])
                    #expect(failed.first?.observed?.contains(words) == true, "\(failed)")
                    #expect(!drilled.report.phases.map(\.name).contains("restore"), "it was found after copying")
                    if bytes == nil { try whole.write(to: URL(filePath: file.string)) }
                }
            }
        }
    }

    /// A server that was recovered itself goes on along a timeline of its own.
    @Test func timelines() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                try await cluster.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i")
                let backup = try await cluster.baseBackup("b")
                try await cluster.execute("INSERT INTO t VALUES (1001)")
                try await cluster.archiveAll()
                try await cluster.execute(
                    "ALTER SYSTEM SET restore_command = 'cp \(cluster.archive)/%f %p'",
                    // What is archived again must not stop it.
                    "ALTER SYSTEM SET archive_command = 'cp %p \(cluster.archive)/%f'")
                try await cluster.stop()
                let signal = cluster.data.appending("recovery.signal").string
                #expect(FileManager.default.createFile(atPath: signal, contents: nil))
                try #require(chown(signal, cluster.fence.account.userID, cluster.fence.account.groupID) == 0)
                try await cluster.start()
                try await eventually("the server has recovered") {
                    try await cluster.value("SELECT pg_is_in_recovery()::text") == "false"
                }
                try await cluster.execute("INSERT INTO t VALUES (1002)")
                try await cluster.archiveAll()
                let latest = try await desk.drill(backup, ["--wal", cluster.archive.string])
                #expect(latest.exitCode == 0, "\(latest.complaints)")
                #expect(latest.rows["public.t"] == 1002)
                let first = try await desk.drill(
                    try desk.plan(backup, "recovery: { wal: '\(cluster.archive)', timeline: '1' }"))
                #expect(first.exitCode == 0, "\(first.complaints)")
                #expect(first.rows["public.t"] == 1001)
            }
        }
    }

    /// As an archive command with `gzip` or `zstd` leaves it.
    @Test func compressedArchives() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let script = """
                    cd '\(chain.archive)' && set -- 0000*[0-9A-F] && gzip -1 "$1" && shift \
                    && for f in "$@"; do case $# in 1) gzip -1 "$1";; *) zstd -q --rm "$f"; shift;; esac; done; ls
                    """
                let made = try await Program("/bin/sh").run(
                    ["-c", script], in: "/", environment: ["PATH": "/usr/bin:/bin"])
                try #require(made.output.contains(".zst") && made.output.contains(".gz"), "\(made)")
                let drilled = try await desk.drill(chain.backup, ["--wal", chain.archive.string])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 3003)
                let names = try FileManager.default.contentsOfDirectory(atPath: chain.archive.string).sorted()
                let last = try #require(names.last { $0.hasSuffix(".gz") || $0.hasSuffix(".zst") })
                let file = URL(filePath: chain.archive.appending(last).string)
                try Data(contentsOf: file).dropLast(20).write(to: file)
                let cut = try await desk.drill(chain.backup, ["--wal", chain.archive.string])
                #expect(cut.exitCode == 1, "\(cut.complaints)")
                #expect(cut.complaints.contains("pg_wal/\(last.prefix(24))"), "\(cut.complaints)")
            }
        }
    }

    @Test func logThatTheBackupNeedsIsMissing() async throws {
        try await withDesk { desk in
            try await withChain(["-X", "none"]) { _, chain in
                let drilled = try await desk.drill(chain.backup)
                #expect(drilled.exitCode == 1)
                #expect(drilled.complaints.contains("not consistent without it"), "\(drilled.complaints)")
                let whole = try await desk.drill(chain.backup, ["--wal", chain.archive.string])
                #expect(whole.exitCode == 0, "\(whole.complaints)")
            }
        }
    }

    /// A server takes a torn segment for the end of the log, and says nothing.
    @Test func aTornSegmentThatOthersFollow() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let wal = ["--wal", chain.archive.string]
                let names = try desk.names(in: chain.archive).filter { $0.count == 24 }
                let torn = { (name: String) in
                    try await damaging(chain.archive.appending(name), { $0.resetBytes(in: 200...) }) {
                        try await desk.drill(chain.backup, wal)
                    }
                }
                let middle = names[names.count - 2]
                let drilled = try await torn(middle)
                #expect(drilled.exitCode == 1, "\(drilled.complaints)")
                let finding = try #require(drilled.findings("restore").first { $0.subject == "pg_wal/\(middle)" })
                #expect(finding.cause == .backup)
                #expect(drilled.complaints.contains("there are later segments"), "\(drilled.complaints)")
                // The end of the log: the server may have been writing there.
                let cut = try await torn(names[names.count - 1])
                #expect(cut.exitCode == 0, "\(cut.complaints)")
            }
        }
    }

    @Test func aFlippedByteNamesRelationFileAndBlock() async throws {
        try await withDesk { desk in
            try await withChain { cluster, chain in
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let file = chain.backup.appending(path).string
                var bytes = try #require(FileManager.default.contents(atPath: file))
                bytes[3 * 8192 + 5000] ^= 0x10
                try bytes.write(to: URL(filePath: file))
                let drilled = try await desk.drill(chain.backup)
                #expect(drilled.exitCode == 1)
                let finding = try #require(drilled.findings("restore").first { $0.subject.contains(path) })
                #expect(finding.subject == "t (\(path))")
                #expect(finding.cause == .backup)
                #expect(drilled.complaints.contains("block 3"), "\(drilled.complaints)")
                #expect(drilled.complaints.contains("the manifest says"), "\(drilled.complaints)")
            }
        }
    }

    @Test func filesThatAreMissingOrDamaged() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let file = chain.backup.appending("pg_xact/0000").string
                let whole = try #require(FileManager.default.contents(atPath: file))
                var flipped = whole
                flipped[0] ^= 1
                try flipped.write(to: URL(filePath: file))
                let damaged = try await desk.drill(chain.backup)
                #expect(damaged.exitCode == 1)
                #expect(damaged.findings("archive").contains { $0.subject == "pg_xact/0000" && $0.status == .failed })
                try FileManager.default.removeItem(atPath: file)
                let missing = try await desk.drill(chain.backup)
                #expect(missing.exitCode == 1)
                #expect(missing.findings("archive").map(\.observed) == ["it is missing"])
                try whole.write(to: URL(filePath: file))
                let control = chain.backup.appending("global/pg_control").string
                let sound = try #require(FileManager.default.contents(atPath: control))
                var unsound = sound
                unsound[40] ^= 1
                try unsound.write(to: URL(filePath: control))
                let uncontrolled = try await desk.drill(chain.backup)
                #expect(uncontrolled.exitCode == 1)
                #expect(
                    uncontrolled.complaints.contains("its checksum is wrong"),
                    "\(uncontrolled.complaints)")
                try sound.write(to: URL(filePath: control))
                let manifest = chain.backup.appending("backup_manifest").string
                let text = try String(contentsOfFile: manifest, encoding: .utf8)
                try text.replacing("CRC32C", with: "NONE", maxReplacements: 1)
                    .write(toFile: manifest, atomically: false, encoding: .utf8)
                let changed = try await desk.drill(chain.backup)
                #expect(changed.exitCode == 1)
                #expect(changed.complaints.contains("the manifest is damaged"), "\(changed.complaints)")
                // As it is while the backup still runs.
                try FileManager.default.moveItem(atPath: manifest, toPath: manifest + ".tmp")
                let without = try await desk.drill(chain.backup)
                #expect(without.exitCode == 0, "\(without.complaints)")
                #expect(without.findings("archive").map(\.status) == [.notRun])
            }
        }
    }

    /// As a snapshot of a running server: no label, a crash to recover from, a postmaster.pid, a tablespace elsewhere.
    @Test func aSnapshotOfAFileSystem() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                let place = cluster.directory.appending("space")
                try cluster.makeDirectory(place)
                // The log that is replayed does not make the tablespace: that would need its old place.
                try await cluster.execute(
                    "CREATE TABLESPACE s LOCATION '\(place)'", "CHECKPOINT",
                    "CREATE TABLE t TABLESPACE s AS SELECT i FROM generate_series(1, 1000) i")
                let pid = try #require(
                    FileManager.default.contents(atPath: cluster.data.appending("postmaster.pid").string))
                // The server itself writes there meanwhile.
                let running = try await desk.pgassay(desk.drilling(cluster.data))
                #expect(running.exitCode == 2)
                #expect(running.errors.contains("the directory of a running server"), "\(running.errors)")
                try await cluster.stop(mode: "immediate")
                let file = cluster.data.appending("postmaster.pid").string
                try pid.write(to: URL(filePath: file))
                // Whoever made the link chose where it leads.
                let refused = try await desk.drill(cluster.data)
                #expect(refused.exitCode == 3, "\(refused.complaints)")
                #expect(refused.complaints.contains("is a link to \(place)"), "\(refused.complaints)")
                #expect(refused.complaints.contains("backup.follow of the plan or with --follow"))
                let drilled = try await desk.drill(cluster.data, ["--follow", place.string, "--snapshot"])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.report.backup.kind == "snapshot")
                #expect(drilled.rows["public.t"] == 1000)
                try FileManager.default.removeItem(atPath: file)
                try await cluster.start()
                #expect(try await cluster.value("SELECT count(*)::text FROM t") == "1000")
            }
        }
    }

    /// The last segment of a snapshot ends where the server was writing; the archive has it whole, and what follows.
    @Test func aSnapshotGoesOnWithTheArchive() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                try await cluster.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i")
                let pid = try #require(
                    FileManager.default.contents(atPath: cluster.data.appending("postmaster.pid").string))
                try await cluster.stop(mode: "immediate")
                let snapshot = cluster.directory.appending("snapshot")
                try await cluster.copyFiles(to: snapshot)
                // Without it, nothing tells a snapshot from a copy that was made while the server ran.
                let stripped = try await desk.drill(snapshot)
                #expect(stripped.exitCode == 1)
                #expect(stripped.complaints.contains("copied while its server ran"), "\(stripped.complaints)")
                try pid.write(to: URL(filePath: snapshot.appending("postmaster.pid").string))
                try await cluster.start()
                try await cluster.execute("INSERT INTO t VALUES (1001)", "SELECT pg_switch_wal()")
                try await cluster.execute("INSERT INTO t VALUES (1002)")
                try await cluster.archiveAll()
                let alone = try await desk.drill(snapshot, ["--snapshot"])
                #expect(alone.exitCode == 0, "\(alone.complaints)")
                #expect(alone.rows["public.t"] == 1000)
                let whole = try await desk.drill(snapshot, ["--wal", cluster.archive.string, "--snapshot"])
                #expect(whole.exitCode == 0, "\(whole.complaints)")
                #expect(whole.rows["public.t"] == 1002)
            }
        }
    }

    @Test func whatCannotBeDrilledIsSaid() async throws {
        try await withDesk { desk in
            try await withChain { cluster, chain in
                try await cluster.execute("CREATE DATABASE one", "CREATE DATABASE two")
                try await cluster.execute("CREATE DATABASE pattern IS_TEMPLATE true")
                try await cluster.execute("CREATE DATABASE shut ALLOW_CONNECTIONS false")
                let several = try await cluster.baseBackup("several")
                for how in [[], ["--dry-run"]] {
                    let asked = try await desk.pgassay(desk.drilling(several) + how)
                    #expect(asked.exitCode == 2)
                    #expect(asked.errors.contains("one, two"), "\(asked.errors)")
                    #expect(asked.errors.contains("recovery.database"), "\(asked.errors)")
                }
                // A template is drilled when it is named.
                let named = try await desk.drill(several, ["--database", "pattern"])
                #expect(named.exitCode == 0, "\(named.complaints)")
                for (slip, words) in [
                    (["--wal", "/no/such/archive"], "correct --wal"),
                    (["--database", "On"], "has no database On; it has one, postgres, two."),
                    (["--database", "shut"], "The database shut takes no connections"),
                ] {
                    let asked = try await desk.pgassay(desk.drilling(slip[0] == "--wal" ? chain.backup : several, slip))
                    #expect(asked.exitCode == 2)
                    #expect(asked.errors.contains(words), "\(asked.errors)")
                }
                let label = chain.backup.appending("backup_label").string
                try FileManager.default.removeItem(atPath: label)
                try FileManager.default.copyItem(atPath: several.appending("backup_label").string, toPath: label)
                let mixed = try await desk.drill(chain.backup)
                #expect(mixed.exitCode == 1)
                #expect(mixed.complaints.contains("it is of another backup"), "\(mixed.complaints)")
                try "14\n".write(
                    toFile: chain.backup.appending("PG_VERSION").string, atomically: false, encoding: .utf8)
                let old = try await desk.drill(chain.backup)
                // Its size is the same; its contents are not read before there is a server for them.
                #expect(old.exitCode == 3)
                #expect(old.complaints.contains("PostgreSQL 14"), "\(old.complaints)")
            }
        }
    }

    @Test(arguments: [
        (["--target-time", "2026-11-25 14:30:00"], "a zone"), (["--target-time", "yesterday"], "a zone"),
        (["--target-lsn", "x"], "two hexadecimal numbers"), (["--target-xid", "2"], "from 3 on"),
        (["--target-name", ""], "63 bytes"), (["--target-xid", "5", "--target-lsn", "0/5"], "one target"),
    ])
    func wrongTargets(_ arguments: [String], _ words: String) async throws {
        try await withDesk { desk in
            let file = try desk.file("some.dump", "")
            let outcome = try await desk.pgassay(desk.drilling(file, arguments))
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
    }
}
