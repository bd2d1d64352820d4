import Archive
import Compression
import Foundation
import SystemPackage
import Testing

@Suite(.keepsItsThread) struct RecognitionTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let options: [String]
        var command: String?
        let format: DumpFormat
        let compression: CompressionAlgorithm
        let reason: String
        var testDescription: String { reason }
    }

    @Test(
        arguments: [
            Row(options: ["-Fc"], format: .custom, compression: .gzip, reason: "custom"),
            Row(options: ["-Fd"], format: .directory, compression: .gzip, reason: "directory"),
            Row(options: ["-Ft"], format: .tar, compression: .none, reason: "tar"),
            Row(options: ["-Fp"], format: .plain, compression: .none, reason: "plain"),
            Row(options: ["-Fp"], command: "gzip", format: .plain, compression: .gzip, reason: "plain in gzip"),
            Row(options: ["-Fp"], command: "zstd", format: .plain, compression: .zstd, reason: "plain in zstd"),
            Row(options: ["-Fp"], command: "lz4", format: .plain, compression: .lz4, reason: "plain in lz4"),
            Row(options: ["-Fp"], command: "bzip2", format: .plain, compression: .bzip2, reason: "plain in bzip2"),
            Row(options: ["-Fp"], command: "xz", format: .plain, compression: .xz, reason: "plain in xz"),
        ], Installation.all)
    func byContents(_ row: Row, _ installation: Installation) throws {
        var path = try Corpus.dump(installation, row.options)
        try withTemporaryDirectory { directory in
            if let command = row.command {
                let wrong = "\(directory)/misleading.tar"
                let result = try run("/bin/sh", ["-c", "\(command) -c '\(path)' > '\(wrong)' 2> /dev/null"])
                try #require(result.status == 0)
                path = wrong
            }
            let dump = try Dump.open(path)
            #expect(dump.format == row.format)
            #expect(dump.compression == row.compression)
            #expect((dump.contents == nil) == (row.format == .plain))
            #expect((dump.plainHeader == nil) == (row.format != .plain))
            let du = try run("/bin/sh", ["-c", "find '\(path)' -type f -exec cat {} + | wc -c"])
            #expect("\(dump.bytes)" == du.text.trimmingCharacters(in: .whitespacesAndNewlines))
            #expect(try dump.read().flaws == [])
        }
    }

    @Test(arguments: Installation.all) func whatPlainDumpsSay(_ installation: Installation) throws {
        let plain = try #require(try Dump.open(Corpus.dump(installation, "-Fp")).plainHeader)
        let server = try Installation.all[0].run("psql", ["-XAtc", "SHOW server_version", "odd"]).text.dropLast()
        #expect(plain.serverVersion == String(server))
        #expect(plain.dumpVersion?.hasPrefix("\(installation.major).") == true)
        #expect(plain.clientEncoding == "UTF8")
        #expect(plain.databaseName == nil)
        #expect(!plain.isCluster)
        let creating = try Dump.open(Corpus.dump(installation, "-Fp", "--create", "-E", "LATIN1", database: "latin"))
        #expect(creating.plainHeader?.databaseName == "latin")
        #expect(creating.plainHeader?.clientEncoding == "LATIN1")
        let cluster = try Dump.open(Corpus.dump(installation, [], database: "*"))
        #expect(cluster.plainHeader?.isCluster == true)
        #expect(cluster.plainHeader?.databaseName == nil)
        #expect(try cluster.read().flaws == [])
    }

    struct NoDump: CustomTestStringConvertible, Sendable {
        let bytes: [UInt8]
        let looksLike: String
        var command = "cat"
        var testDescription: String { "\(looksLike), \(command)" }
    }

    @Test(arguments: [
        NoDump(bytes: Array("dear all, the backup is attached\n".utf8), looksLike: "text without"),
        NoDump(bytes: Array("<!DOCTYPE html><title>403</title>".utf8), looksLike: "page with an error"),
        NoDump(bytes: Array("pg_dump: error: connection failed\n".utf8), looksLike: "messages of a program"),
        NoDump(bytes: Array("--\n-- Postg".utf8), looksLike: "cut off"),
        NoDump(bytes: Array("x\n-- PostgreSQL database dump complete\n".utf8), looksLike: "beginning is missing"),
        NoDump(bytes: [UInt8](repeating: 0, count: 4096), looksLike: "zero bytes"),
        NoDump(bytes: [1, 2, 3, 0xFF], looksLike: "unknown kind"),
        NoDump(bytes: Array("dear all\n".utf8), looksLike: "compressed by gzip", command: "gzip -c"),
        NoDump(bytes: [], looksLike: "nothing, compressed by zstd", command: "zstd -c"),
        NoDump(bytes: Array("a\n".utf8), looksLike: "compressed by xz in gzip", command: "xz -c | gzip -c"),
    ])
    func whatIsNoDump(_ row: NoDump) throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/backup.dump"
            try write(row.bytes, to: "\(directory)/raw")
            try #require(run("/bin/sh", ["-c", "cat '\(directory)/raw' | \(row.command) > '\(path)'"]).status == 0)
            let error = #expect(throws: ArchiveError.self) { try Dump.open(path) }
            guard case .notADump(FilePath(path), let looksLike)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(looksLike.contains(row.looksLike))
            #expect(error?.isBackupAtFault == true)
        }
    }

    @Test func pathsThatHoldNothing() throws {
        try withTemporaryDirectory { directory in
            let missing = FilePath("\(directory)/missing")
            #expect(throws: ArchiveError.missing(missing)) { try Dump.open(missing) }
            #expect(!ArchiveError.missing(missing).isBackupAtFault)
            let empty = FilePath("\(directory)/empty")
            try write([], to: empty.string)
            #expect(throws: ArchiveError.empty(empty)) { try Dump.open(empty) }
            #expect(ArchiveError.empty(empty).isBackupAtFault)
            #expect(throws: ArchiveError.directoryWithoutContents(FilePath(directory))) { try Dump.open(directory) }
            #expect(ArchiveError.directoryWithoutContents(FilePath(directory)).isBackupAtFault)
            try write([], to: "\(directory)/toc.dat")
            #expect(throws: ArchiveError.empty(FilePath("\(directory)/toc.dat"))) { try Dump.open(directory) }
            try #require(mkfifo("\(directory)/pipe", 0o600) == 0)
            #expect(throws: ArchiveError.notADump(FilePath("\(directory)/pipe"), looksLike: "a pipe, socket or device"))
            {
                try Dump.open("\(directory)/pipe")
            }
        }
    }

    @Test func whatMayNotBeReadIsNotTheBackupsFault() throws {
        let error = ArchiveError.unreadable("/dump", .permissionDenied)
        #expect(!error.isBackupAtFault)
        #expect("\(error)".contains("who may read it"))
        #expect(!ArchiveError.unsupportedVersion("/dump", ArchiveVersion(major: 1, minor: 99)).isBackupAtFault)
        #expect(!ArchiveError.undecodable("/dump", .outOfMemory(.zstd)).isBackupAtFault)
        #expect(ArchiveError.undecodable("/dump", .truncated(.zstd)).isBackupAtFault)
    }
}
