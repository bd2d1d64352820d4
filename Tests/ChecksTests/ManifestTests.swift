import Archive
import Backup
import Findings
import Foundation
import Manifest
import Rows
import TestSupport
import Testing

@testable import Checks

/// What a manifest says of the source, and what checks say of a restored database that differs from it.
@Suite(.oneServer) struct ManifestTests {
    /// One thing that is not as at the source.
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let sql: String
        let manifest: SourceManifest
        let check: CheckID
        var subject = "public.t"
        let status: CheckStatus
        var observed: String?
        /// A part of the reason.
        var words = ""

        var testDescription: String { "\(check): \(what)" }
    }

    private static let rows = (1...200).map { "\($0)\tx" }
    private static let sql = """
        CREATE TABLE t (id int PRIMARY KEY, x text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 200) i
        """
    private static let columns = [("id", "integer"), ("x", "text")]

    private static func keyed(_ rows: [String], _ columns: Int, key: [Int]) -> KeyedRows {
        var keyed = KeyedRows(RowKey(columns: columns, key: key, order: .integer), KeyRanges(atMost: 64))
        for row in rows { Array(row.utf8).withUnsafeBytes { keyed.add(row: $0) } }
        keyed.finish()
        return keyed
    }

    private static func table(
        _ rows: [String] = rows, _ columns: [(String, String)] = columns, key: [String] = ["id"],
        held: SourceManifest.Held = .rows, security: SourceManifest.Security = .init(isOwnerHeld: false)
    ) -> SourceManifest.Table {
        let positions = key.compactMap { name in columns.firstIndex { $0.0 == name } }
        return SourceManifest.Table(
            schema: "public", name: "t", held: held, isPartitioned: false, isPartition: false,
            columns: columns.map { .init(name: $0.0, type: $0.1) }, key: key, owner: "postgres", security: security,
            bytes: 0, estimatedRows: nil,
            rows: .init(
                keyed(rows, columns.count, key: positions), order: positions.isEmpty ? nil : .integer, newest: [:]))
    }

    private static func manifest(
        _ tables: SourceManifest.Table..., sequences: [SourceManifest.Sequence] = [],
        extensions: [SourceManifest.Extension] = [], largeObjects: SourceManifest.LargeObjects? = nil
    ) -> SourceManifest {
        SourceManifest(
            id: "11111111-2222-3333-4444-555555555555", tool: "1", signed: true, scope: .dump,
            source: .init(
                database: "d", serverVersion: "15.1", encoding: "UTF8", systemIdentifier: nil, snapshot: "3:3:",
                position: nil, isReplica: false, taken: Checking.noon, role: "r"),
            dump: .init(
                format: "custom", bytes: 1, created: nil, program: "pg_dump", arguments: [], exitCode: 0, seconds: 1,
                messages: []),
            tables: tables, sequences: sequences, extensions: extensions, largeObjects: largeObjects)
    }

    private static func sequence(_ from: Int64, _ until: Int64) -> SourceManifest {
        manifest(sequences: [
            .init(
                schema: "public", name: "s", isHeld: true, before: .init(last: from, isCalled: true),
                after: .init(last: until, isCalled: true))
        ])
    }

    private static let guarded = SourceManifest.Security(
        rowSecurity: "enabled", policies: [.init(name: "p", isHeld: true)],
        triggers: [.init(name: "off", state: "D", isHeld: true), .init(name: "lost", state: "O", isHeld: false)],
        isOwnerHeld: false)

    static let all = [
        Row(what: "the same rows", sql: sql, manifest: manifest(table()), check: "content", status: .passed),
        Row(
            what: "a value", sql: "\(sql); UPDATE t SET x = 'y' WHERE id = 77", manifest: manifest(table()),
            check: "content", status: .failed, words: "the manifest has of it: 1 row is changed; in id 64 to 95"),
        Row(
            what: "a row less and two more",
            sql: "\(sql); DELETE FROM t WHERE id = 5; INSERT INTO t VALUES (-3, 'x'), (201, 'x')",
            manifest: manifest(table()), check: "content", status: .failed,
            words:
                "1 row is missing, 2 rows are there that the source did not have; in id 0 to 31, 192 to 255, outside of all ranges"
        ),
        Row(
            what: "all rows", sql: "\(sql); UPDATE t SET x = 'y'", manifest: manifest(table()), check: "content",
            status: .failed,
            words: "as many rows, and more of them are different than can be counted; in id 0 to 31, 32 to 63"),
        Row(
            what: "a row without a key", sql: "CREATE TABLE t (x text); INSERT INTO t VALUES ('a'), ('c')",
            manifest: manifest(table(["a", "b"], [("x", "text")], key: [])), check: "content", status: .failed,
            words: "1 row is missing, 1 row is there that the source did not have"),
        Row(
            what: "a type", sql: "CREATE TABLE t (id bigint PRIMARY KEY, x text)", manifest: manifest(table([])),
            check: "content", status: .failed, observed: "the columns id bigint", words: "other columns"),
        Row(
            what: "times in arrays, which a manifest has in UTC",
            sql: "CREATE TABLE t (x timestamptz[]); INSERT INTO t VALUES (ARRAY[timestamptz '2026-01-01 12:00+01'])",
            manifest: manifest(
                table(["{\"2026-01-01 11:00:01+00\"}"], [("x", "timestamp with time zone[]")], key: [])),
            check: "content", status: .failed, words: "1 row is missing"),
        Row(
            what: "money, which is printed by the locale", sql: "CREATE TABLE t (x money); INSERT INTO t VALUES (1)",
            manifest: manifest(table(["1,00 €"], [("x", "money")], key: [])), check: "content", status: .inconclusive,
            words: "lc_monetary"),
        Row(
            what: "a table", sql: "SELECT", manifest: manifest(table()), check: "row-counts", status: .failed,
            observed: "no such table", words: "the manifest expects this table"),
        Row(
            what: "a table of which the dump has no rows", sql: "SELECT", manifest: manifest(table(held: .definition)),
            check: "row-counts", status: .failed, observed: "no such table"),
        Row(
            what: "a sequence that moved meanwhile", sql: "CREATE SEQUENCE s; SELECT setval('s', 7)",
            manifest: sequence(5, 9), check: "sequences", subject: "public.s", status: .passed),
        Row(
            what: "a sequence", sql: "CREATE SEQUENCE s; SELECT setval('s', 4)", manifest: sequence(5, 9),
            check: "sequences", subject: "public.s", status: .failed, words: "the manifest says"),
        Row(
            what: "the version of an extension", sql: "SELECT",
            manifest: manifest(extensions: [.init(name: "plpgsql", version: "0.1", isHeld: true)]), check: "extensions",
            subject: "plpgsql", status: .passed, words: "the source has 0.1"),
        Row(
            what: "row-level security", sql: "CREATE TABLE t (id int, x text); CREATE POLICY p ON t",
            manifest: manifest(table([], security: guarded)), check: "security", status: .failed, observed: "off"),
        Row(
            what: "a trigger that was disabled, and one that is not in the dump",
            sql: "CREATE TABLE t (id int, x text); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t",
            manifest: manifest(table([], security: guarded)), check: "security", status: .passed, observed: "that"),
        Row(
            what: "a large object", sql: "SELECT lo_from_bytea(1, 'a')",
            manifest: manifest(
                largeObjects: .init(
                    digest: LargeObjectPages.digest(of: [1], [:]), isHeld: true)), check: "large-objects",
            subject: "contents of large objects", status: .failed),
    ]

    @Test(arguments: all) func difference(_ row: Row) async throws {
        let findings = try await Checking(sql: row.sql, manifest: row.manifest).findings(row.check)
            .filter { $0.basis == .manifest && $0.subject == row.subject }
        let found = try #require(findings.first { $0.status == row.status }, "\(findings)")
        if row.status == .passed { #expect(findings.allSatisfy { $0.status == .passed }, "\(findings)") }
        if row.status == .failed { #expect(found.cause == .backup) }
        if let observed = row.observed { #expect(found.observed == observed) }
        if !row.words.isEmpty { #expect(found.reason?.contains(row.words) == true, "\(found.reason ?? "")") }
    }

    @Test("Only a plan lets a report name keys") func keys() async throws {
        var checking = Checking(
            sql: "\(Self.sql); UPDATE t SET x = 'y' WHERE id IN (77, 78, 79)", manifest: Self.manifest(Self.table()))
        func reason() async throws -> String {
            try await checking.findings("content").compactMap(\.reason).joined()
        }
        #expect(try await reason().hasSuffix("3 rows are changed; in id 64 to 95"))
        checking.plan[ContentCheck.self] = ContentExpectation(exampleKeys: 2)
        #expect(try await reason().hasSuffix("in id 64 to 95; id: 77; 78"))
    }

    @Test("A table that the backup and a manifest speak of is read once, and each gets its answer") func both()
        async throws
    {
        let data = BackupData(tables: [
            .init(
                schema: "public", name: "t", isDefined: true, columns: ["id", "x"], rows: 200,
                digest: Self.keyed(Self.rows, 2, key: [0]).digest)
        ])
        let findings = try await Checking(
            sql: Self.sql, data: data, manifest: Self.manifest(Self.table())
        ).findings("content")
        #expect(findings.map(\.basis) == [.manifest, .archive] && findings.allSatisfy { $0.status == .passed })
    }
}
