import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Base backups, inspected where they lie, with no server: each damage that a drill would find is found. Damage to a plain directory is
/// in ``BaseDamage``.
@Suite struct InspectBaseBackupTests {
    /// A damage: the file, what is done to it (nil: it is removed), what is said of which subject.
    private struct Damage: Sendable {
        let file: FilePath
        let change: (@Sendable (inout Data) -> Void)?
        let subject: String
        let says: String
    }

    private static func expect(
        _ damages: [Damage], of backup: FilePath, _ more: [String] = [], at desk: Desk
    ) async throws {
        for damage in damages {
            let found = try await damaging(damage.file, damage.change) { try await desk.inspect(backup, more) }
            #expect(found.exitCode == 1, "\(damage.says): \(found.complaints)\(found.errors)")
            let finding = found.checks.first { $0.subject == damage.subject && $0.status == .failed }
            #expect(finding?.observed?.contains(damage.says) == true, "\(damage.says): \(found.complaints)")
            #expect(finding?.cause == .backup)
        }
    }

    private static func flip(_ offset: Int) -> @Sendable (inout Data) -> Void { { $0[offset] ^= 0x10 } }

    /// On through the archive: a gap in it, a segment that was torn, another server's.
    @Test func anArchiveOfTheLog() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let wal = ["--wal", chain.archive.string]
                let whole = try await desk.inspect(chain.backup, wal)
                #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
                let names = try desk.names(in: chain.archive).filter { $0.count == 24 }
                let middle = names[names.count - 2]
                let file = chain.archive.appending(middle)
                try await Self.expect(
                    [
                        Damage(file: file, change: nil, subject: "pg_wal/\(middle)", says: "nothing after the gap"),
                        Damage(
                            file: file, change: { $0.resetBytes(in: 200...) }, subject: "pg_wal/\(middle)",
                            says: "there are later segments: nothing after it can be recovered"),
                        Damage(file: file, change: Self.flip(24), subject: "pg_wal/\(middle)", says: "of the system"),
                    ], of: chain.backup, wal, at: desk)
                // Torn in the last, a recovery ends there, as it does with a drill.
                let last = chain.archive.appending(names[names.count - 1])
                let torn = try await damaging(last, { $0.resetBytes(in: 200...) }) {
                    try await desk.inspect(chain.backup, wal)
                }
                #expect(torn.exitCode == 0, "\(torn.complaints)")
                #expect(torn.findings("recovery").first?.reason?.contains("the log goes no further") == true)
                let nowhere = try await desk.pgassay(["inspect", chain.backup.string, "--wal", "/no/such/archive"])
                #expect(nowhere.exitCode == 2 && nowhere.errors.contains("correct --wal"), "\(nowhere.errors)")
            }
        }
    }

    /// Nothing lists its files: pages have their checksums, files of a relation follow one another, and the log ends the backup.
    @Test func withoutAManifest() async throws {
        try await withDesk { desk in
            try await withChain(["--no-manifest"]) { cluster, chain in
                let table = try await cluster.value("SELECT pg_relation_filepath('t')")
                let backup = chain.backup
                let whole = try await desk.inspect(backup)
                #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
                #expect(whole.findings("archive").map(\.status) == [.notRun, .passed])
                let names = try desk.names(in: backup.appending("pg_wal")).filter { $0.count == 24 }
                let log = backup.appending("pg_wal/\(names[names.count - 1])")
                let label = try String(contentsOfFile: backup.appending("backup_label").string, encoding: .utf8)
                let position = try #require(label.firstMatch(of: /CHECKPOINT LOCATION: [0-9A-F]+\/([0-9A-F]+)/)?.1)
                let offset = try #require(Int(position, radix: 16)) % (16 << 20)
                try await Self.expect(
                    [
                        Damage(
                            file: backup.appending(table), change: Self.flip(8192 + 700), subject: table,
                            says: "block 1"),
                        Damage(
                            file: backup.appending(table), change: { $0.removeLast(100) }, subject: table,
                            says: "within a page"),
                        Damage(
                            file: log, change: { $0.resetBytes(in: (offset + 8)...) },
                            subject: "pg_wal/\(names[names.count - 1])",
                            says: "has not ended there"),
                    ], of: backup, at: desk)
                try Data(count: 8192).write(to: URL(filePath: backup.appending("\(table).1").string))
                let cut = try await desk.inspect(backup)
                #expect(
                    cut.exitCode == 1 && cut.complaints.contains("a later file of its relation has pages"),
                    "\(cut.complaints)")
            }
        }
    }

    @Test(arguments: [["-Ft"], ["-Ft", "-X", "fetch"], ["-Ft", "--compress=server-lz4", "--no-manifest"]])
    func tarFiles(options: [String]) async throws {
        try await withDesk { desk in
            try await withChain(options) { cluster, chain in
                let whole = try await desk.inspect(chain.backup, ["--wal", chain.archive.string])
                #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
                #expect(
                    whole.findings("recovery").first?.observed?.hasPrefix("every record to") == true, "\(whole.checks)")
                let alone = try await desk.inspect(chain.backup)
                #expect(alone.exitCode == 0, "\(alone.complaints)\(alone.errors)")
                guard options == ["-Ft"] else { return }
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                let base = chain.backup.appending("base.tar")
                let bytes = try Data(contentsOf: URL(filePath: base.string))
                let member = try #require(bytes.range(of: Data((path + "\0").utf8))).lowerBound + 512
                let log = chain.backup.appending("pg_wal.tar")
                let label = try #require(bytes.range(of: Data("START WAL LOCATION: 0/".utf8))).upperBound
                let position = String(decoding: bytes[label...].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
                let offset = try #require(Int(position, radix: 16)) % (16 << 20) + 512
                let segment = String(
                    decoding: try Data(contentsOf: URL(filePath: log.string)).prefix(24), as: UTF8.self)
                try await Self.expect(
                    [
                        Damage(file: base, change: Self.flip(member + 2 * 8192 + 4000), subject: path, says: "block 2"),
                        Damage(file: log, change: nil, subject: "pg_wal/\(segment)", says: "not consistent without it"),
                        Damage(
                            file: log, change: Self.flip(offset + 30), subject: "pg_wal/\(segment)",
                            says: "wrong checksum"),
                    ], of: chain.backup, at: desk)
                let cut = try await damaging(base, { $0.removeLast(1024) }) { try await desk.inspect(chain.backup) }
                #expect(cut.exitCode == 1 && cut.complaints.contains("ends at byte"), "\(cut.complaints)")
            }
        }
    }

    @Test func severalDatabasesAndAStoppedServer() async throws {
        try await withDesk { desk in
            try await SourceCluster.with(checksums: false) { cluster in
                try await cluster.execute("CREATE DATABASE one", "CREATE DATABASE two")
                try await cluster.stop()
                let copy = cluster.directory.appending("copy")
                try await cluster.copyFiles(to: copy)
                let found = try await desk.inspect(copy)
                #expect(found.exitCode == 0, "\(found.complaints)\(found.errors)")
                let pages = found.findings("archive").first { $0.subject == "pages" }
                #expect(pages?.status == .notRun && pages?.reason?.contains("no data checksums") == true)
                try await cluster.start()
            }
        }
    }
}
