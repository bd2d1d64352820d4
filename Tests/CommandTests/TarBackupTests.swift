import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Base backups in tar files, as `pg_basebackup -Ft` writes them.
@Suite struct TarBackupTests {
    @Test(arguments: [
        ["-Ft"], ["-Ft", "--compress=client-gzip:1"], ["-Ft", "--compress=server-gzip:1"], ["-Ft", "-X", "fetch"],
        ["-Ft", "--compress=server-lz4"], ["-Ft", "--compress=client-zstd"],
    ])
    func everyCompression(options: [String]) async throws {
        try await withDesk { desk in
            try await withChain(options) { _, chain in
                let drilled = try await desk.drill(
                    chain.backup, ["--wal", chain.archive.string, "--target-time", chain.time])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 3001)
                #expect(drilled.report.backup.kind == "base backup" && drilled.report.backup.format == "tar files")
                #expect(drilled.findings("archive").map(\.status) == [.passed])
                #expect(drilled.report.phases.map(\.name).contains("unpack"))
            }
        }
    }

    /// What a tablespace of the source leads to must not be touched, nor be where the drill works.
    @Test func tablespacesLieInTheScratchDirectory() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                let place = cluster.directory.appending("space")
                try cluster.makeDirectory(place)
                try await cluster.execute(
                    "CREATE TABLESPACE s LOCATION '\(place)'",
                    "CREATE TABLE t TABLESPACE s AS SELECT i FROM generate_series(1, 1000) i", "CHECKPOINT")
                let backup = try await cluster.baseBackup("b", ["-Ft", "-z"])
                let live = try FileStates(of: place)
                let drilled = try await desk.drill(backup)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 1000)
                #expect(try FileStates(of: place) == live)
                // Without it, and without a manifest that tells.
                let names = try desk.names(in: backup)
                let tar = try #require(names.first { $0.first?.isNumber == true })
                for name in [tar, "backup_manifest"] {
                    try FileManager.default.removeItem(atPath: backup.appending(name).string)
                }
                let lacking = try await desk.drill(backup)
                #expect(lacking.exitCode == 1, "\(lacking.complaints)")
                #expect(lacking.complaints.contains("tablespace_map says"), "\(lacking.complaints)")
                let inspected = try await desk.inspect(backup)
                #expect(inspected.exitCode == 1, "\(inspected.complaints)")
                #expect(inspected.complaints.contains("tablespace_map says"), "\(inspected.complaints)")
            }
        }
    }

    @Test func aSingleFile() async throws {
        try await withDesk { desk in
            try await withChain(["-Ft", "-X", "fetch"]) { _, chain in
                let file = chain.backup.appending("base.tar")
                let drilled = try await desk.drill(file)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 3000)
                #expect(drilled.findings("archive").map(\.status) == [.notRun], "its manifest lies beside it")
            }
        }
    }

    @Test func damagedFiles() async throws {
        try await withDesk { desk in
            try await withChain(["-Ft"]) { cluster, chain in
                let file = URL(filePath: chain.backup.appending("base.tar").string)
                let whole = try Data(contentsOf: file)
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let name = try #require(whole.range(of: Data((path + "\0").utf8)))
                var flipped = whole
                flipped[name.lowerBound + 512 + 2 * 8192 + 4000] ^= 4
                var misnamed = whole
                misnamed[name.lowerBound] ^= 1
                let damages: [(Data, String)] = [
                    (whole.prefix(whole.count / 2), "ends"), (whole.prefix(whole.count - 1024), "ends"),
                    (flipped, "block 2"), (misnamed, "wrong checksum"),
                    (whole.dropLast(300) + Data(repeating: 7, count: 300), "something follows the end"),
                ]
                for (bytes, words) in damages {
                    try bytes.write(to: file)
                    let drilled = try await desk.drill(chain.backup)
                    #expect(drilled.exitCode == 1, "\(words): \(drilled.complaints)")
                    #expect(drilled.complaints.contains(words), "\(words): \(drilled.complaints)")
                }
                try whole.write(to: file)
                try FileManager.default.removeItem(atPath: chain.backup.appending("pg_wal.tar").string)
                let drilled = try await desk.drill(chain.backup)
                #expect(drilled.exitCode == 1, "\(drilled.complaints)")
                #expect(drilled.complaints.contains("not consistent without it"), "\(drilled.complaints)")
            }
        }
    }

    /// Names that would write beside the scratch directory.
    @Test(arguments: ["../outside", "/tmp/pgassay-outside", "base/../../outside"])
    func hostileNames(name: String) async throws {
        try await withDesk { desk in
            try await withChain(["-Ft"]) { _, chain in
                let script = """
                    import io, sys, tarfile
                    tar = tarfile.open(sys.argv[1], "a", format=tarfile.USTAR_FORMAT)
                    member = tarfile.TarInfo(sys.argv[2])
                    member.size = 1
                    tar.addfile(member, io.BytesIO(b"x"))
                    tar.close()
                    """
                let made = try await Program("/usr/bin/python3").run(
                    ["-c", script, chain.backup.appending("base.tar").string, name], in: "/",
                    environment: [:])
                try #require(made.exitCode == 0, "\(made.errors)")
                let drilled = try await desk.drill(chain.backup)
                #expect(drilled.exitCode == 1, "\(drilled.complaints)")
                #expect(drilled.complaints.contains("no path within a data directory"), "\(drilled.complaints)")
                #expect(!FileManager.default.fileExists(atPath: "/tmp/pgassay-outside"))
            }
        }
    }
}
