import Archive
import Files
import Foundation
import SystemPackage
import Testing

@testable import Backup

/// What is recognisably no backup is told from what can be one, damaged or not.
@Suite struct NotABackupTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        let bytes: [UInt8]
        /// A part of what is said of it; nil if it can be a backup.
        let what: String?

        init(_ reason: String, _ bytes: [UInt8], _ what: String?) {
            (self.reason, self.bytes, self.what) = (reason, bytes, what)
        }

        init(_ reason: String, _ text: String, _ what: String?) { self.init(reason, Array(text.utf8), what) }

        var testDescription: String { reason }
    }

    private static let head = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n"

    private static let noise = (0..<300).map { UInt8(truncatingIfNeeded: $0 * $0 * 37 + $0 >> 3) }
    private static let cms: [UInt8] = [
        6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3, 0xA0, 0x80, 2, 1, 0, 0, 0, 0, 0,
    ]
    private static func at(_ offset: Int, _ text: String) -> [UInt8] {
        Array(repeating: 1, count: offset) + text.utf8 + Array(repeating: 0, count: 99)
    }

    static let others = [
        Row("noise", noise, "data of an unknown kind"),
        Row("two bytes", [0xA7, 2], "data of an unknown kind"),
        Row("CMS of a length of two bytes", [0x30, 0x82, 0xBE, 0x2C] + cms, "smime or cms"),
        Row("CMS without a length", [0x30, 0x80] + cms, "smime or cms"),
        Row("CMS as PEM", "-----BEGIN CMS-----\nMIIC\n", "as PEM"),
        Row(
            "CMS as a mail", "MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime; smime-type=enveloped-data\n",
            "as a mail"),
        Row("a public key of gpg", [0x99, 1, 0x8D, 4, 0x5F, 1, 2, 3, 1] + Array(repeating: 7, count: 20), "a key"),
        Row(
            "a signature of gpg", [0x89, 1, 0xB3, 4, 0, 1, 10] + Array(repeating: 7, count: 20),
            "without what was signed"),
        Row("gpg, signed, not compressed", [0x90, 0x0D, 3, 0, 10, 1] + Array(repeating: 7, count: 20), "gpg"),
        Row("gpg, a signed script", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + head, "signed by gpg"),
        Row("a key file of age", "# created: 2026-11-28\n# public key: age1x\nAGE-SECRET-KEY-1X\n", "a key"),
        Row("UTF-16 without a mark, high bytes first", "--\r\n-- Postgre".utf8.flatMap { [0, $0] }, "PowerShell"),
        Row("UTF-32", [0xFF, 0xFE, 0, 0] + "--\r\n-- Postgre".utf8.flatMap { [$0, 0, 0, 0] }, "PowerShell"),
        Row("DuckDB", at(8, "DUCK"), "DuckDB"),
        Row("Access", [0, 1, 0, 0] + at(0, "Standard Jet DB\0"), "Access"),
        Row("LUKS", Array("LUKS".utf8) + [0xBA, 0xBE, 0, 1], "an encrypted disk"),
        Row("a CD", Array(repeating: 0, count: 32769) + at(0, "CD001"), "an image of a disk"),
        Row("Avro", Array("Obj\u{1}".utf8), "a file of Avro"),
        Row("an archive in base64", "UEdETVABDgAECAE=\n", "in base64"),
        Row("one line end", "\n", "without a word"),
        Row("a byte order mark", "\u{FEFF}", "without a word"),
        Row("a warning before gzip", Array("WARN starting\n".utf8) + [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "warnings"),
        Row("a question before an archive", Array("Password: PGDMP\u{1}\u{E}\0".utf8), "warnings"),
        Row("a ZIP file", [0x50, 0x4B, 3, 4, 20, 0], "a ZIP file"),
        Row(
            "gpg, for a key", [0x85, 1, 0x0C, 3] + Array(repeating: 7, count: 8) + Array(repeating: 1, count: 9), "gpg"),
        Row("gpg, a passphrase", [0x8C, 0x0D, 4, 9, 3, 2] + Array(repeating: 7, count: 20), "gpg"),
        Row("gpg, signed alone", [0xA3, 2] + Array(repeating: 7, count: 20), "gpg"),
        Row("PowerShell, a script", [0xFF, 0xFE] + "--\r\n-- Postgre".utf8.flatMap { [$0, 0] }, "PowerShell"),
        Row("PowerShell, an archive", [0xFF, 0xFE] + Array("PGDMP\u{1}".utf8).flatMap { [$0, 0] }, "PowerShell"),
        Row("the other order of bytes", [0xFE, 0xFF] + "--\r\n-- Postgre".utf8.flatMap { [0, $0] }, "PowerShell"),
        Row("an API key", "-----BEGIN PRIVATE KEY-----\n", "a key or a certificate"),
        Row("WAL of 15", [0x10, 0xD1, 6, 0, 1, 0, 0, 0], "write-ahead log"),
        Row("pg_dumpall", "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n\n" + head, nil),
        Row(
            "pg_dumpall with its messages", "pg_dumpall: warning: x\n--\n-- PostgreSQL database cluster dump\n--\n",
            "other text in front of it"),
        Row("mydumper", "/*!40101 SET NAMES binary*/;\n", "MySQL"),
        Row("git-annex", "/annex/objects/SHA256E-s10--0a.dump\n", "git-annex"),
        Row("settings in JSON", "{\"host\": \"db\", \"port\": 5432}\n", "text that is no SQL"),
        Row("a README", "# Backups\n\nThey are made at night.\n", "text that is no SQL"),
        Row("one part of a split dump", "1\tone\t2024-01-01\n2\ttwo\t2024-01-02\n", "text that is no SQL"),
        Row("a script by hand", "create table t (i int);\n", "does not say that pg_dump"),
        Row("a plan", "name: weekly\nbackup:\n  path: /x\n", "a plan"),
        Row("a plan on few lines", "name: weekly\r\nbackup: { pick: newest, path: /x }\r\n", "a plan"),
        Row(
            "the list of accounts", "root:x:0:0::/root:\nname:x:1:1::/:\nbackup:x:34:34:backup:/var/backups:\n",
            "no SQL"),
        Row("settings with a backup", "name: shop\nbackup:\n  schedule: daily\n", "text that is no SQL"),
        Row("a backup without a name", "backup:\n  path: /x\n", "text that is no SQL"),
        Row("a report", #"{"payload": "e30=","# + "\n" + #""payloadType": "x"}"#, "a signed report"),
        Row("checksums", String(repeating: "0a", count: 32) + "  shop.dump\n", "a list of checksums"),
        Row("a warning before a script", "pg_dump: warning: circular\n" + head, "pg_dump's warnings"),
        Row("kubectl before a script", "Defaulted container \"db\" out of: db, log\n\(head)", "pg_dump's warnings"),
        Row(
            "a warning before an archive", Array("pg_dump: warning: x\n".utf8) + Array("PGDMP\u{1}\u{E}\0".utf8),
            "warnings"),
    ]

    static let backups = [
        Row("a script", head, nil),
        Row("a script of Windows", "\u{FEFF}" + head.replacing("\n", with: "\r\n"), nil),
        Row("a script with a statement in front", "SET ROLE shop;\n" + head, nil),
        Row("a script with a command in front", "\\set ON_ERROR_STOP on\n" + head, nil),
        Row("a script with a comment in front", "/* nightly */\n" + head, nil),
        Row("an archive", "PGDMP\u{1}\u{E}\0", nil),
        Row("the first bytes of an archive", "PGD", nil),
        Row("no bytes", "", nil),
        Row("zeros", Array(repeating: 0, count: 9000), nil),
        Row("zeros, then noise", Array(repeating: 0, count: 512) + noise, nil),
        Row("gzip with a wrong byte", [0x1F, 0x8A, 8, 0, 1, 2, 3, 4, 0, 3] + noise, nil),
        Row("zstd with a wrong byte", [0x28, 0xB5, 0x2F, 0xFC] + noise, nil),
        Row("the start of gzip, cut", [0x1F, 0x8B], nil),
        Row("an archive without its beginning", noise + [0, 5, 0, 0, 0] + "TABLE".utf8 + [0, 7, 0, 0, 0], nil),
        Row(
            "data of an archive without its beginning",
            noise + [1, 0, 7, 16, 0, 0, 0, 0, 16, 0, 0, 0x78, 0x9C], nil),
        Row(
            "a tar file without its beginning",
            noise + Array(repeating: 7, count: 769 - noise.count) + Array("ustar\u{0}00".utf8), nil),
        Row("the first comment, cut", "--\n-- PostgreSQL da", nil),
        Row("the first comment of Windows, cut", "--\r\n-- PostgreSQL da", nil),
        Row("a script without its beginning", "x;\n\n--\n-- Name: t; Type: TABLE; Schema: public; Owner: a\n--\n", nil),
        Row("an error page", " <html><body>403</body></html>", nil),
        Row("an answer of a bucket", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", nil),
        Row("an answer in JSON", "{\n  \"error\": {\n    \"code\": 403\n  }\n}\n", nil),
        Row("another in JSON", "{\"message\":\"Not Found\"}", nil),
        Row("the error of pg_dump alone", "pg_dump: error: connection to server failed\n", nil),
        Row("the error of a shell", "/bin/sh: 1: pg_dump: not found\nbash: pg_dump: command not found\n", nil),
    ]

    @Test(arguments: others + backups) func isTold(_ row: Row) {
        let found = Impostor(in: FileStart(bytes: row.bytes, tail: row.bytes))
        #expect((found == nil) == (row.what == nil), "\(String(describing: found))")
        if let what = row.what { #expect(found?.what.contains(what) == true, "\(String(describing: found))") }
    }

    /// One of each row of the table: what is recognised by the row is recognised by no row before it.
    @Test func everyRowOfTheTableCanBeMet() {
        for (index, known) in KnownFile.all.enumerated() {
            guard case .begins(let starts) = known.mark else { continue }
            for start in starts {
                let bytes = start + Array(repeating: 0x21, count: 32)
                #expect(KnownFile.all.firstIndex { $0.recognises(bytes) } == index, "\(known.what)")
            }
        }
    }

    @Test func theCompressionAroundItIsNamed() throws {
        try inDirectory { directory in
            let file = directory.appending("x")
            // gzip of "hello\n".
            let zipped: [UInt8] = [
                0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 2, 0, 0x20, 0x30, 0x3A, 0x36, 6,
                0,
                0, 0,
            ]
            try Data(zipped).write(to: URL(filePath: file.string))
            let found = try #require(NotABackup(try OpenTree(at: file)))
            #expect(found.description.contains("it is text that is no SQL (in gzip). Name the backup itself"))
            // Cut off, it may have been anything.
            try Data(zipped.dropLast(3)).write(to: URL(filePath: file.string))
            #expect(NotABackup(try OpenTree(at: file)) == nil)
        }
    }

    struct Place: Sendable, CustomTestStringConvertible {
        let files: [String: String]
        let what: String?

        var testDescription: String { files.keys.sorted().joined(separator: ", ") }
    }

    @Test(arguments: [
        Place(files: [:], what: nil),
        Place(files: ["toc.dat": "PGDMP", "1.dat.gz": ""], what: nil),
        Place(files: ["3487.dat.gz": ""], what: nil),
        Place(files: ["blobs.toc": ""], what: nil),
        Place(files: ["global/pg_control": "", "README": "x"], what: nil),
        Place(files: ["base.tar.gz": ""], what: nil),
        Place(files: ["base.tar.gz": "", "16390.tar.gz": "", "pg_wal.tar.gz": "", "notes": "x"], what: nil),
        Place(files: ["base.tar": "", "shop.dump": "PGDMP\u{1}"], what: "1 other backup in it (shop.dump)"),
        Place(files: ["toc.dat": "PGDMP", "tue/toc.dat": "PGDMP"], what: "1 other backup in it (tue)"),
        Place(files: ["PG_VERSION": "15", "global/pg_control": "", "shop.dump": "PGDMP\u{1}"], what: nil),
        Place(files: ["README": "x", "notes": "y"], what: "no backup was found (README, notes)"),
        Place(files: ["a.dump": "PGDMP\u{1}", "README": "x"], what: "a backup in it, and not itself one (a.dump)"),
        Place(files: ["mon/toc.dat": "", "tue/PG_VERSION": "15", "x": "x"], what: "2 backups in it"),
        Place(files: ["base/1/PG_VERSION": "15", "wal/x": ""], what: "no backup was found"),
        Place(files: ["archive/shop/archive.info": "", "backup/shop/backup.info": ""], what: "pgBackRest"),
        Place(files: ["base/x": "", "wals/x": ""], what: "Barman"),
        Place(files: ["000000010000000000000002.gz": "", "00000002.history": ""], what: "write-ahead log"),
        Place(files: ["manifest.dsse.json": "", "shop/x": ""], what: "cold storage"),
        Place(files: ["a.dsse.json": "", "b.dsse.json": ""], what: "reports"),
    ])
    func aDirectory(_ place: Place) throws {
        try inDirectory { directory in
            for (name, text) in place.files {
                let file = directory.pushing(FilePath(name))
                try FileManager.default.createDirectory(
                    atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: file.string))
            }
            let found = NotABackup(try OpenTree(at: directory))
            #expect((found == nil) == (place.what == nil), "\(String(describing: found))")
            if let what = place.what { #expect(found?.what.contains(what) == true, "\(String(describing: found))") }
        }
    }

    private func inDirectory(_ body: (FilePath) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "pgassay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(FilePath(directory.path))
    }
}
