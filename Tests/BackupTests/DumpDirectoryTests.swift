import Archive
import Files
import Foundation
import SystemPackage
import Testing

@testable import Backup

/// Which files of a directory are one backup, by what is in them.
@Suite struct DumpDirectoryTests {
    private static func script(_ database: String? = nil) -> String {
        """
        --
        -- PostgreSQL database dump
        --

        \(database.map { "-- Name: \($0); Type: DATABASE; Schema: -; Owner: a\n--\n\nCREATE DATABASE \($0);\n\n" } ?? "")
        CREATE TABLE t (i int);

        --
        -- PostgreSQL database dump complete
        --

        """
    }

    private static func globals(_ role: String = "app", isWhole: Bool = true) -> String {
        """
        --
        -- PostgreSQL database cluster dump
        --

        CREATE ROLE \(role);
        ALTER ROLE \(role) WITH NOSUPERUSER;

        \(isWhole ? "--\n-- PostgreSQL database cluster dump complete\n--\n" : "")
        """
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        let files: [String: String]
        /// The databases of the set; nil if it is none.
        let databases: [String]?
        /// Names of what is lost.
        var lost: [String] = []
        /// What is said of a directory that is no set, in part.
        var says: String?

        var testDescription: String { reason }
    }

    static let rows = [
        Row(
            reason: "a script of each", files: ["shop.sql": script(), "farm.sql": script()],
            databases: ["farm", "shop"]),
        Row(
            reason: "scripts that name their database", files: ["a.sql": script("shop"), "b.sql": script("farm")],
            databases: ["farm", "shop"]),
        Row(
            reason: "one night", files: ["shop-2026-11-29.sql": script(), "farm-2026-11-29_0200.sql": script()],
            databases: ["farm", "shop"]),
        Row(
            reason: "two nights", files: ["shop-2026-11-28.sql": script(), "shop-2026-11-29.sql": script()],
            databases: nil,
            says: "are of one database, shop"),
        Row(
            reason: "two days of a week", files: ["shop-Mon.sql": script(), "shop-Tue.sql": script()], databases: nil,
            says: "are of one database, shop"),
        Row(
            reason: "rotated", files: ["shop.sql": script(), "shop.sql.1": script()], databases: nil,
            says: "are of one database, shop"),
        Row(
            reason: "names that are dates", files: ["20261128.sql": script(), "20261129.sql": script()], databases: nil,
            says: "neither the contents nor the name of 20261128.sql, 20261129.sql says"),
        Row(
            reason: "names that end in seconds",
            files: ["shop_1735689600.sql": script(), "shop_1735776000.sql": script()], databases: nil,
            says: "differ in numbers alone"),
        Row(
            reason: "databases with numbers", files: ["tenant_1.sql": script(), "tenant_2.sql": script()],
            databases: ["tenant_1", "tenant_2"]),
        Row(reason: "one dump", files: ["shop.sql": script()], databases: nil, says: "a backup in it"),
        Row(
            reason: "one dump, with globals", files: ["shop.sql": script(), "globals.sql": globals()],
            databases: ["shop"]),
        Row(
            reason: "globals of two nights",
            files: ["shop.sql": script(), "globals-1.sql": globals(), "globals-2.sql": globals()], databases: nil,
            says: "make the same roles or tablespaces"),
        Row(reason: "globals alone", files: ["globals.sql": globals()], databases: nil, says: "a backup in it"),
        Row(
            reason: "globals that are cut", files: ["shop.sql": script(), "globals.sql": globals(isWhole: false)],
            databases: ["shop"], lost: ["globals.sql"]),
        Row(
            reason: "an empty file among dumps", files: ["shop.sql": script(), "farm.sql": ""],
            databases: ["farm", "shop"], lost: ["farm.sql"]),
        Row(
            reason: "an empty archive beside scripts", files: ["shop.sql": script(), "farm.dump": ""],
            databases: ["farm", "shop"], lost: ["farm.dump"]),
        Row(
            reason: "an empty file named as the dumps are, without an ending", files: ["shop": script(), "farm": ""],
            databases: ["farm", "shop"], lost: ["farm"]),
        Row(
            reason: "empty files only", files: ["shop.sql": "", "farm.sql": ""], databases: ["farm", "shop"],
            lost: ["farm.sql", "shop.sql"]),
        Row(
            reason: "signs, logs and checksums",
            files: [
                "shop": script(), "farm": script(), "_SUCCESS": "", "farm.log": "", "shop.err": "pg_dump: warning: x\n",
                "SHA256SUMS": String(repeating: "a", count: 64) + "  shop\n", "README": "Our dumps.\n",
            ], databases: ["farm", "shop"]),
        Row(
            reason: "messages in place of a dump",
            files: ["shop.sql": script(), "farm.sql": "pg_dump: error: no such\n"],
            databases: ["farm", "shop"], lost: ["farm.sql"]),
        Row(
            reason: "words of a shell in place of a dump", files: ["shop.sql": script(), "farm.sql": "Killed\n"],
            databases: ["farm", "shop"], lost: ["farm.sql"]),
        Row(
            reason: "a file of settings beside dumps",
            files: ["shop.sql": script(), "farm.sql": script(), "pg_hba.conf.bak": "local all all peer\n"],
            databases: ["farm", "shop"]),
        Row(
            reason: "a page of the web in place of a dump",
            files: ["shop.sql": script(), "farm.sql": "<html></html>\n"],
            databases: ["farm", "shop"], lost: ["farm.sql"]),
        Row(
            reason: "a dump without its beginning",
            files: ["shop.sql": script(), "x": "-- PostgreSQL database dump complete\n"],
            databases: ["shop", "x"], lost: ["x"]),
        Row(
            reason: "the beginning of an archive", files: ["shop.sql": script(), "farm.dump": "PGDMP"],
            databases: ["farm", "shop"], lost: ["farm.dump"]),
        Row(
            reason: "noise in place of a dump", files: ["shop.sql": script(), "farm.dump": "\u{1}\u{2}\u{3}\u{4}"],
            databases: ["farm", "shop"], lost: ["farm.dump"]),
        Row(
            reason: "an encrypted one",
            files: ["shop.sql": script(), "farm.sql": script(), "log.sql.age": "age-encryption.org/v1\n"],
            databases: nil, says: "a directory of dumps in which log.sql.age is encrypted by age"),
        Row(
            reason: "something else that is encrypted",
            files: ["shop.sql": script(), "farm.sql": script(), "pgpass.age": "age-encryption.org/v1\n"],
            databases: ["farm", "shop"]),
        Row(
            reason: "a script of a whole server too",
            files: ["shop.sql": script(), "all.sql": globals(isWhole: false) + script()], databases: nil,
            says: "a directory with 2 backups in it"),
        Row(
            reason: "a script that is none of pg_dump's",
            files: ["shop.sql": script(), "farm.sql": script(), "later.sql": "SELECT 1;\n"],
            databases: ["farm", "shop"]),
    ]

    @Test(arguments: rows) func isOneBackup(_ row: Row) throws {
        let directory = FilePath("/dev/shm/\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        for (name, text) in row.files {
            try Data(text.utf8).write(to: URL(filePath: directory.appending(name).string))
        }
        let tree = try OpenTree.ofBackup(at: directory)
        if let says = row.says {
            #expect(NotABackup(tree)?.description.contains(says) == true, "\(NotABackup(tree)?.description ?? "")")
        } else {
            #expect(NotABackup(tree) == nil)
        }
        let found = DumpDirectory(tree, clock: .any)
        if let databases = row.databases {
            var set = try #require(try DumpSet.recognise(tree, clock: .any))
            #expect(set.databases == databases)
            let findings = try set.inspect { _ in }
            #expect(findings.filter { $0.status == .failed }.map(\.subject).sorted() == row.lost)
            for finding in findings where finding.status == .failed && !finding.subject.hasPrefix("globals") {
                #expect(finding.database != nil)
            }
            #expect(Set(found.others.map(\.name)).isDisjoint(with: row.lost))
        } else {
            #expect(try DumpSet.recognise(tree, clock: .any) == nil || found.others.contains(where: \.isUnread))
        }
    }

    @Test(arguments: [
        ("shop.dump", "shop"), ("shop.sql.gz", "shop"), ("shop_2026-11-29.dump", "shop"),
        ("2026-11-29T02:00:00Z_shop.dump", "shop"),
        ("shop-20261129-0200.sql.zst", "shop"), ("shop.v2.dump", "shop.v2"), ("shop", "shop"), ("shop1.sql", "shop1"),
        ("my-shop_db.pgdump", "my-shop_db"), ("shop.sql.2.gz", "shop"), ("Shop.SQL", "Shop"),
        ("shop-sunday.sql", "shop"), ("shop_01-02-2025.sql", "shop"), ("shop.2025-01-01_02h00m.sql", "shop"),
        ("sunrise.sql", "sunrise"), ("shop_20261129.custom", "shop"),
    ]) func namesOfDatabases(_ name: String, _ database: String) {
        #expect(DumpName(name).database == database)
    }
}
