import ColdTier
import Findings
import Foundation
import Postgres
import Storage
import Testing

/// Slices come back whole or not at all.
@Suite struct ImportTests {
    private func withExport(_ body: @escaping @Sendable (ColdDesk) async throws -> Void) async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.create("target")
            try await body(desk)
        }
    }

    @Test("One slice of them, by the name of its directory")
    func oneSlice() async throws {
        try await withExport { desk in
            let imported = try await desk.load(into: "target", slices: ["messages/month=2023-11/"])
            #expect(imported.findings.map(\.subject) == ["public.messages 2023-11"])
            try await desk.expectSame(
                "SELECT * FROM messages WHERE at >= '2023-11-01 00:00:00+00' AND at < '2023-12-01 00:00:00+00'",
                in: "target")
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "target") == "30")
            await #expect(throws: ImportError.noSlice("messages/month=1999-01", location: desk.output.string)) {
                try await desk.load(into: "target", slices: ["messages/month=1999-01"])
            }
        }
    }

    @Test("A slice that is there already is left as it is; one with other rows is not mixed with them")
    func alreadyThere() async throws {
        try await withExport { desk in
            #expect(try await desk.load(into: "target").judgement.verdict == .passed)
            let again = try await desk.load(into: "target")
            #expect(again.judgement.verdict == .passed)
            #expect(again.findings.allSatisfy { $0.reason == "it was there already" })
            try await desk.execute("DELETE FROM messages WHERE id = 5", in: "target")
            let mixed = try await desk.load(into: "target")
            #expect(mixed.judgement == Judgement(verdict: .inconclusive, cause: .environment))
            #expect(mixed.findings[0].reason?.contains("has 30 rows of this time already") == true)
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "target") == "91")
        }
    }

    @Test("A damaged slice is not loaded, and the others are")
    func damaged() async throws {
        try await withExport { desk in
            try desk.damage("messages/month=2023-11/part-00000.csv.zst") { $0[$0.count / 2] ^= 4 }
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement == Judgement(verdict: .failed, cause: .backup))
            #expect(imported.findings.map(\.status) == [.passed, .failed, .passed])
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "target") == "62")
        }
    }

    @Test("Rows that the database changes on their way in are not kept")
    func trigger() async throws {
        try await withExport { desk in
            try await desk.execute(
                """
                CREATE TABLE messages (id bigint, text text, at timestamptz);
                CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$;
                CREATE TRIGGER shout BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION shout();
                """, in: "target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement == Judgement(verdict: .inconclusive, cause: .environment))
            #expect(imported.findings.allSatisfy { $0.reason?.contains("such as a trigger") == true })
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "target") == "0")
        }
    }

    @Test("A table that is divided otherwise says which times it has no partition for")
    func withoutAPartition() async throws {
        try await withExport { desk in
            try await desk.execute(
                "CREATE TABLE messages (id bigint, text text, at timestamptz) PARTITION BY LIST (text)", in: "target")
            let imported = try await desk.load(into: "target", slices: ["messages/month=2023-11"])
            #expect(imported.judgement == Judgement(verdict: .inconclusive, cause: .environment))
            let reason = imported.findings[0].reason ?? ""
            #expect(
                reason.contains("for the times from 2023-11-01 00:00:00+00 to 2023-12-01 00:00:00+00: make one"),
                "\(reason)")
        }
    }

    /// Whoever can write to the place of an export can write any statement into its manifest.
    @Test(
        "A definition that no export writes is not run, signed or not",
        arguments: [
            "DROP TABLE public.important", "COPY (SELECT 1) TO PROGRAM 'touch /tmp/x'",
            "DO $$ BEGIN DROP TABLE important; END $$",
            "CREATE TABLE \"public\".\"messages\" (id bigint, text text, at timestamptz); DROP TABLE public.important",
        ], [true, false])
    func anyStatement(_ statement: String, _ isSigned: Bool) async throws {
        try await withExport { desk in
            try await desk.execute("CREATE TABLE important (id int)", in: "target")
            let store = try DirectoryStore(desk.output, create: false)
            let bytes = try #require(try await ManifestFile.bytes(in: store))
            var manifest = try #require(try await ManifestFile.read(from: store, publicKey: desk.key.publicKey))
            manifest.tables[0].shapes[0].definition = statement
            manifest.signed = isSigned
            try await ManifestFile.write(manifest, over: bytes, signer: isSigned ? desk.key : nil, to: store)
            let request = ImportRequest(
                location: desk.output.string, publicKey: isSigned ? desk.key.publicKey : nil, slices: [],
                target: desk.server.target(database: "target"), jobs: 1)
            await #expect(throws: ImportError.self) { try await importSlices(request) { _ in } }
            #expect(try await desk.value("SELECT to_regclass('important')::text", in: "target") == "important")
            #expect(try await desk.value("SELECT to_regclass('messages')::text", in: "target") == nil)
        }
    }

    @Test(
        "A table that these rows do not fit",
        arguments: [
            ("CREATE TABLE messages (id bigint, at timestamptz)", "it has no column text"),
            (
                "CREATE TABLE messages (id int, text text, at timestamptz)",
                "its column id is of type integer, and was bigint"
            ),
            (
                "CREATE TABLE messages (id bigint, text text GENERATED ALWAYS AS ('x') STORED, at timestamptz)",
                "its column text is generated"
            ),
            ("CREATE VIEW messages AS SELECT 1 AS id", "it is no table"),
        ])
    func otherTable(_ sql: String, _ difference: String) async throws {
        try await withExport { desk in
            try await desk.execute(sql, in: "target")
            await #expect(
                throws: ImportError.otherTable(TableName(schema: "public", name: "messages"), difference: difference)
            ) { try await desk.load(into: "target") }
        }
    }
}
