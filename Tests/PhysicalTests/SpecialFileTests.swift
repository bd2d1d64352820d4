import Files
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Physical

/// A pipe where a file should be: to open it would take for ever, also for SIGTERM.
@Suite struct SpecialFileTests {
    private static func withDirectory(_ body: (FilePath) throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            for path in ["global", "pg_wal", "pg_replslot/slot"] {
                try FileManager.default.createDirectory(
                    atPath: root.appending(path).string, withIntermediateDirectories: true)
            }
            for (name, text) in [("PG_VERSION", "17\n"), ("global/pg_control", "")] {
                try Data(text.utf8).write(to: URL(filePath: root.appending(name).string))
            }
            try body(root)
        }
    }

    private static func makePipe(_ path: FilePath) throws {
        unlink(path.string)
        try #require(mkfifo(path.string, 0o600) == 0)
    }

    @Test(arguments: [
        "PG_VERSION", "backup_label", "backup_manifest", "postmaster.pid", "global/pg_control", "postgresql.conf",
        "pg_wal/000000010000000000000001", "pg_replslot/slot/state", "pg_tblspc",
    ])
    func inADataDirectory(_ name: String) async throws {
        try await Self.withDirectory { root in
            try Self.makePipe(root.appending(name))
            #expect(throws: DataDirectoryError.special(name)) { _ = try DataDirectory(OpenTree(at: root)) }
        }
    }

    @Test func linksInThePlaceOfFiles() async throws {
        for name in ["PG_VERSION", "backup_label", "backup_manifest"] {
            try await Self.withDirectory { root in
                unlink(root.appending(name).string)
                try #require(symlink("/etc/passwd", root.appending(name).string) == 0)
                #expect(throws: DataDirectoryError.link(name)) { _ = try DataDirectory(OpenTree(at: root)) }
            }
        }
    }

    @Test(arguments: ["base.tar", "backup_manifest", "16400.tar.gz"])
    func besideTarFiles(_ name: String) async throws {
        try await withTemporaryDirectory { root in
            try Data(repeating: 0, count: 1024).write(to: URL(filePath: root.appending("base.tar").string))
            try Self.makePipe(root.appending(name))
            #expect(throws: DataDirectoryError.special(name)) { _ = try TarredBackup(OpenTree(at: root)) }
        }
    }

    /// Another backup beside an incremental one.
    @Test func besideAChain() async throws {
        try await Self.withDirectory { root in
            let (other, last) = (root.appending("other"), root.appending("last"))
            for path in [other, last, last.appending("global")] {
                try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
            }
            try Self.makePipe(other.appending("backup_label"))
            let label = """
                START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
                START TIMELINE: 1
                INCREMENTAL FROM LSN: 0/1000028
                INCREMENTAL FROM TLI: 1

                """
            for (name, text) in [("PG_VERSION", "17\n"), ("global/pg_control", ""), ("backup_label", label)] {
                try Data(text.utf8).write(to: URL(filePath: last.appending(name).string))
            }
            #expect(throws: BackupChainError.self) { _ = try BackupChain(endingAt: OpenTree(at: last)) }
        }
    }
}
