import Evidence
import Foundation
import Postgres
import Rows
import Scratch
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import ColdTier

/// `purge.sql` removes what is in the export, byte for byte, and nothing else; on any difference it removes nothing.
@Suite struct PurgeTests {
    /// Three months with partitions of their own, and a default partition with rows of before and after.
    private static let logs = """
        CREATE TABLE logs (id int, at timestamptz, text text) PARTITION BY RANGE (at);
        CREATE TABLE logs_10 PARTITION OF logs FOR VALUES FROM ('2023-10-01 00:00:00+00') TO ('2023-11-01 00:00:00+00');
        CREATE TABLE logs_11 PARTITION OF logs FOR VALUES FROM ('2023-11-01 00:00:00+00') TO ('2023-12-01 00:00:00+00');
        CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
        INSERT INTO logs SELECT i, timestamptz '2023-09-25 06:00:00+00' + i * interval '1 day', 'log ' || i
            FROM generate_series(0, 119) i;
        INSERT INTO logs SELECT i, NULL, 'timeless' FROM generate_series(1, 3) i;
        """

    @Test(
        "After a purge, an import makes the partitions again, and brings every row back",
        arguments: zip([15, 17], [ExportLayout.csv, .parquet]))
    func importAgain(_ major: Int, _ layout: ExportLayout) async throws {
        try await ColdDesk.with(major: major, Self.logs) { desk in
            try await desk.execute("CREATE INDEX ON logs (at); ALTER TABLE logs ADD CHECK (id >= 0)")
            let before = try await desk.value(Self.everything)
            try await desk.export((name: "logs", column: "at")) { $0.layout = layout }
            let said = try await desk.purge()
            try #require(said.exitCode == 0, "\(said.errors)")
            try #require(try await desk.value("SELECT to_regclass('logs_10')::text") == nil)
            let imported = try await desk.load(into: "source")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            #expect(
                imported.findings.filter { $0.reason != nil }.map { "\($0.subject): \($0.reason ?? "")" } == [
                    "public.logs 2023-10: the partition public.logs_10 was made again for it",
                    "public.logs 2023-11: the partition public.logs_11 was made again for it",
                ])
            #expect(try await desk.value(Self.everything) == before)
            // As they were, with the index of the whole table.
            #expect(
                try await desk.value(
                    "SELECT string_agg(indexdef, ' ' ORDER BY 1) FROM pg_indexes WHERE tablename = 'logs_10'")
                    == "CREATE INDEX logs_10_at_idx ON public.logs_10 USING btree (at)")
            #expect(try await desk.value("SELECT count(*)::text FROM logs_11") == "30")
        }
    }

    private static let everything = "SELECT md5(string_agg(l::text, ' ' ORDER BY id, at)) FROM logs l"

    @Test("A partition of another name that covers the time takes the rows")
    func importBesideAnother() async throws {
        try await ColdDesk.with(Self.logs) { desk in
            try await desk.export((name: "logs", column: "at"))
            try await desk.create(
                "target",
                """
                CREATE TABLE logs (id int, at timestamptz, text text) PARTITION BY RANGE (at);
                CREATE TABLE logs_2023 PARTITION OF logs FOR VALUES FROM ('2023-01-01') TO ('2024-06-01');
                CREATE TABLE logs_rest PARTITION OF logs DEFAULT
                """)
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            #expect(try await desk.value("SELECT to_regclass('logs_10')::text", in: "target") == nil)
        }
    }

    @Test("What is as it was exported goes, and the rest stays; run again, nothing happens", arguments: [15, 17])
    func equal(_ major: Int) async throws {
        try await ColdDesk.with(major: major, Self.logs + messages) { desk in
            try await desk.export((name: "logs", column: "at"), (name: "messages", column: "at"))
            let said = try await desk.purge()
            #expect(said.exitCode == 0, "\(said.errors)")
            #expect(
                said.errors.contains(
                    "public.logs 2023-10: 31 rows are as in the manifest, and their partitions were dropped"))
            #expect(said.errors.contains("public.logs 2023-09: 6 rows are as in the manifest, and were deleted"))
            #expect(said.errors.contains("public.logs without a time: 3 rows are as in the manifest, and were deleted"))
            #expect(said.errors.contains("public.messages 2023-12: 31 rows are as in the manifest, and were deleted"))
            #expect(
                try await desk.value(
                    "SELECT string_agg(c.relname, ' ' ORDER BY 1) FROM pg_inherits, pg_class c WHERE inhrelid = c.oid")
                    == "logs_rest")
            #expect(try await desk.value("SELECT to_regclass('logs_10')::text || to_regclass('logs_11')::text") == nil)
            #expect(
                try await desk.value("SELECT count(*) || ' ' || min(at AT TIME ZONE 'UTC') FROM logs")
                    == "22 2024-01-01 06:00:00")
            #expect(
                try await desk.value("SELECT count(*) || ' ' || min(at AT TIME ZONE 'UTC') FROM messages")
                    == "28 2024-01-01 06:00:00")

            let again = try await desk.purge()
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(again.errors.components(separatedBy: ": it was removed before").count == 8 + 1, "\(again.errors)")
            #expect(try await desk.value("SELECT count(*)::text FROM logs") == "22")
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var what: String
        /// Before the script runs, in a database with `logs` and `messages`.
        var sql: String
        /// What the script says.
        var words: String

        init(_ what: String, _ sql: String, _ words: String) { (self.what, self.sql, self.words) = (what, sql, words) }

        var testDescription: String { what }
    }

    static let changes = [
        Change(
            "a row more in a table", "INSERT INTO messages (text, at) VALUES ('late', '2023-10-15 00:00:00+00')",
            "public.messages 2023-10: the manifest has 31 rows, and the database 32"),
        Change(
            "a row less in a table", "DELETE FROM messages WHERE at = '2023-10-15 06:00:00+00'",
            "public.messages 2023-10: the manifest has 31 rows, and the database 30"),
        Change(
            "a row changed", "UPDATE messages SET text = 'massage 14' WHERE text = 'message 14'",
            "public.messages 2023-10: as many rows as in the manifest, and not the same"),
        Change(
            "a row instead of another",
            "UPDATE messages SET text = 'message 15' WHERE text = 'message 14'",
            "public.messages 2023-10: as many rows as in the manifest, and not the same"),
        Change(
            "an empty text instead of NULL", "UPDATE messages SET text = NULL WHERE text = 'message 14'",
            "public.messages 2023-10: as many rows as in the manifest, and not the same"),
        Change(
            "the last row a second later",
            "UPDATE messages SET at = at + interval '1 second' WHERE text = 'message 30'",
            "public.messages 2023-10: in the manifest its times go from 2023-10-01 06:00:00+00 to 2023-10-31 06:00:00+00, in the database from 2023-10-01 06:00:00+00 to 2023-10-31 06:00:01+00"
        ),
        Change(
            "another table of that name",
            """
            ALTER TABLE messages RENAME TO moved;
            CREATE TABLE messages (id bigint NOT NULL, text text, at timestamptz);
            INSERT INTO messages SELECT id + 1, text, at FROM moved;
            """, "public.messages 2023-10: as many rows as in the manifest, and not the same"),
        Change(
            "a column more", "ALTER TABLE messages ADD COLUMN flag boolean",
            "public.messages 2023-10: the table has other columns than were exported: flag boolean"),
        Change(
            "a column of another type", "ALTER TABLE messages ALTER COLUMN text TYPE varchar(20)",
            "the table has other columns than were exported: text "),
        Change(
            "a view of that name", "ALTER TABLE messages RENAME TO moved; CREATE VIEW messages AS SELECT * FROM moved",
            "public.messages 2023-10"),
        Change("no table of that name", "DROP TABLE messages", "public.messages 2023-10: there is no such table here"),
        Change(
            "a child with a column more",
            "CREATE TABLE child (extra int) INHERITS (messages); INSERT INTO child VALUES (1, 'x', '2025-01-01', 7)",
            "the table has other columns than were exported: extra integer"),
        Change(
            "rows that go with them",
            """
            CREATE TABLE answers (id bigint REFERENCES messages ON DELETE CASCADE);
            INSERT INTO answers SELECT id FROM messages;
            """,
            "public.messages 2023-10: rows that refer to it would be deleted or changed with it, by answers_id_fkey of public.answers"
        ),
        Change(
            "rows that refer to them",
            "CREATE TABLE answers (id bigint REFERENCES messages); INSERT INTO answers SELECT id FROM messages;",
            "public.messages 2023-10: rows that stay refer to it: "),
        Change(
            "a trigger that keeps a row",
            """
            CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN CASE WHEN OLD.text <> 'message 14' THEN OLD END; END$$;
            CREATE TRIGGER keep BEFORE DELETE ON messages FOR EACH ROW EXECUTE FUNCTION keep();
            """, "public.messages 2023-10: 30 rows were deleted instead of 31: a trigger or a rule kept the others"),
        Change(
            "a row changed in a partition", "UPDATE logs SET text = 'lag 10' WHERE text = 'log 10'",
            "public.logs 2023-10: as many rows as in the manifest, and not the same"),
        Change(
            "a row more in a partition", "INSERT INTO logs VALUES (1, '2023-10-15 00:00:00+00', 'late')",
            "public.logs 2023-10: the manifest has 31 rows, and the database 32"),
        Change(
            "a partition that is none any more",
            "ALTER TABLE logs DETACH PARTITION logs_10; INSERT INTO logs SELECT * FROM logs_10",
            "public.logs 2023-10: public.logs_10 is no partition of it"),
        Change(
            "a partition that became a wider one",
            """
            ALTER TABLE logs DETACH PARTITION logs_10; DROP TABLE logs_11;
            ALTER TABLE logs ATTACH PARTITION logs_10 FOR VALUES FROM ('2023-10-01 00:00:00+00') TO ('2023-12-01 00:00:00+00');
            INSERT INTO logs VALUES (1, '2023-11-15 00:00:00+00', 'November');
            """, "public.logs 2023-10: its partitions do not hold its rows and nothing else"),
        Change(
            "a partition that is gone while its rows are not",
            "ALTER TABLE logs DETACH PARTITION logs_10; INSERT INTO logs SELECT * FROM logs_10; DROP TABLE logs_10",
            "public.logs 2023-10: its partitions are gone, and 31 of its rows are here all the same"),
    ]

    @Test("On any difference it ends, names it, and leaves the slice as it is", arguments: changes)
    func different(_ change: Change) async throws {
        try await ColdDesk.with(messages + Self.logs) { desk in
            try await desk.export((name: "messages", column: "at"), (name: "logs", column: "at"))
            try await desk.restrict(to: change.words.contains("logs") ? "logs" : "messages", from: "2023-10")
            try await desk.execute(change.sql)
            let before = try await desk.contents()
            let said = try await desk.purge()
            #expect(said.exitCode == 3, "\(said.errors)")
            #expect(said.errors.contains(change.words), "\(said.errors)")
            #expect(try await desk.contents() == before)
        }
    }

    /// Waits for others no longer than a test should.
    private func impatientPurge(_ desk: ColdDesk) async throws -> Program.Outcome {
        try await desk.purge { $0.replacing("lock_timeout = '10s'", with: "lock_timeout = '200ms'") }
    }

    @Test("Somebody who writes is waited for, and not for ever; what they wrote is seen")
    func writers() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.restrict(to: "messages", from: "2023-10")
            try await withConnection(to: desk.server.target(database: "source")) { writer in
                try await writer.execute("BEGIN")
                try await writer.execute("UPDATE messages SET text = 'massage 14' WHERE text = 'message 14'")
                let refused = try await impatientPurge(desk)
                #expect(refused.exitCode == 3)
                #expect(
                    refused.errors.contains(
                        "public.messages 2023-10: others are using it, and did not end within 200ms"),
                    "\(refused.errors)")
                // It commits while the script waits: the script must see it.
                async let waiting = desk.purge { $0.replacing("lock_timeout = '10s'", with: "lock_timeout = '600s'") }
                try await eventually("the script waits for the lock") {
                    try await desk.value("SELECT count(*)::text FROM pg_locks WHERE NOT granted") == "1"
                }
                try await writer.execute("COMMIT")
                let seen = try await waiting
                #expect(seen.exitCode == 3)
                #expect(seen.errors.contains("as many rows as in the manifest, and not the same"), "\(seen.errors)")
            }
            #expect(try await desk.value("SELECT count(*)::text FROM messages") == "120")
        }
    }

    @Test("Somebody who reads a partition is waited for before it is dropped, and not for ever")
    func readers() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE events (at timestamptz NOT NULL, id int) PARTITION BY RANGE (at);
            CREATE TABLE events_2023_10 PARTITION OF events FOR VALUES FROM ('2023-10-01Z') TO ('2023-11-01Z');
            INSERT INTO events SELECT timestamptz '2023-10-01Z' + i * interval '1 hour', i FROM generate_series(1, 100) i;
            """
        ) { desk in
            try await desk.export((name: "events", column: "at"))
            try await withConnection(to: desk.server.target(database: "source")) { reader in
                try await reader.execute("BEGIN")
                try await reader.execute("SELECT count(*) FROM events")
                let refused = try await impatientPurge(desk)
                #expect(refused.exitCode == 3)
                #expect(
                    refused.errors.contains("public.events 2023-10: others are reading it"), "\(refused.errors)")
                try await reader.execute("COMMIT")
            }
            #expect(try await desk.value("SELECT count(*)::text FROM events") == "100")
            #expect(try await desk.purge().exitCode == 0)
            #expect(try await desk.value("SELECT count(*)::text FROM events") == "0")
        }
    }

    @Test("Rows that a policy hides are no rows less")
    func policies() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.execute(
                """
                CREATE ROLE reader;
                ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
                CREATE POLICY most ON messages USING (text <> 'message 14');
                GRANT ALL ON messages TO reader;
                """)
            let said = try await desk.purge { "SET ROLE reader;\n" + $0 }
            #expect(said.exitCode == 3)
            #expect(said.errors.contains("row-level security"), "\(said.errors)")
            #expect(try await desk.value("SELECT count(*)::text FROM messages") == "120")
        }
    }

    @Test("Another database is refused; that of a drill is known by its backup")
    func databases() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.create("copy")
            #expect(try await desk.load(into: "copy").judgement.verdict == .passed)
            let other = try await desk.purge(in: "copy")
            #expect(other.exitCode == 3)
            #expect(
                other.errors.contains(
                    "public.messages 2023-10: this is database copy, and the rows came from database source"),
                "\(other.errors)")

            var manifest = try await desk.manifest()
            for index in manifest.tables[0].slices.indices {
                manifest.tables[0].slices[index].source.drill = ExportManifest.Drill(
                    id: "", verdict: "passed", report: "", sha256: "", backup: [:], database: "source")
            }
            try await desk.write(purge: manifest)
            #expect(try await desk.purge(in: "copy").errors.contains("the rows came from database source"))
            for index in manifest.tables[0].slices.indices {
                manifest.tables[0].slices[index].source.drill?.database = nil
            }
            try await desk.write(purge: manifest)
            #expect(try await desk.purge(in: "copy").exitCode == 0)
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "copy") == "0")
            #expect(try await desk.value("SELECT count(*)::text FROM messages") == "120")
        }
    }

    @Test("A slice whose rows cannot be compared is left alone")
    func withoutContentSum() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            var manifest = try await desk.manifest()
            manifest.tables[0].slices[0].contentSum = nil
            try await desk.write(purge: manifest)
            let said = try await desk.purge()
            #expect(said.exitCode == 0, "\(said.errors)")
            #expect(said.errors.contains("public.messages 2023-10: it is left alone"))
            #expect(try await desk.value("SELECT count(*)::text FROM messages WHERE at < '2024-01-01'") == "31")
        }
    }

    @Test("Names as nobody should give them stay names", arguments: [15, 17])
    func names(_ major: Int) async throws {
        let schema = #"s "1".x'; $purge$ :'HOME'"#
        let table = "ta\\ble $purge$ %\n\\! touch hacked\n-- ö"
        let quoted = TableName(schema: schema, name: table).sql
        try await ColdDesk.with(
            major: major,
            """
            CREATE SCHEMA \(quoteIdentifier(schema));
            CREATE TABLE \(quoted) ("r" int, "the_table" text, "a "" 'b' % \\" text, "found_rows
            :x" timestamptz) PARTITION BY RANGE ("found_rows
            :x");
            CREATE TABLE \(quoteIdentifier(schema))."p ; ' "" $purge$" PARTITION OF \(quoted)
                FOR VALUES FROM ('2023-05-01 00:00:00+00') TO ('2023-06-01 00:00:00+00');
            CREATE TABLE rest PARTITION OF \(quoted) DEFAULT;
            INSERT INTO \(quoted) SELECT i, '"' || i, '%', timestamptz '2023-05-30 00:00:00+00' + i * interval '1 hour' FROM generate_series(1, 90) i;
            """
        ) { desk in
            let request = ExportRequest(
                plan: "test",
                tables: [
                    .init(
                        name: TableName(schema: schema, name: table), timeColumn: "found_rows\n:x",
                        cutoff: .before("2024-01-01"))
                ], jobs: 2, output: desk.output.string, signer: desk.key, toolVersion: "test")
            let draft = try await exportRows(request, from: desk.server.target(database: "source")) { _ in }
            _ = try await publish(draft) { _ in }
            let said = try await desk.purge()
            #expect(said.exitCode == 0, "\(said.errors)")
            #expect(
                said.errors.contains("47 rows are as in the manifest, and their partitions were dropped"),
                "\(said.errors)")
            #expect(said.errors.contains("43 rows are as in the manifest, and were deleted"))
            #expect(try await desk.value("SELECT count(*)::text FROM \(quoted)") == "0")
            #expect(!FileManager.default.fileExists(atPath: desk.root.appending("hacked").string))
        }
    }
}

extension ColdDesk {
    fileprivate var script: FilePath { output.appending(PurgeScript.fileName) }

    func manifest() async throws -> ExportManifest {
        try #require(
            try await ManifestFile.read(from: DirectoryStore(output, create: false), publicKey: key.publicKey))
    }

    fileprivate func write(purge manifest: ExportManifest) async throws {
        try Data(PurgeScript.text(for: manifest).utf8).write(to: URL(filePath: script.string))
    }

    /// Leaves only the slices of a table from one on in the script.
    fileprivate func restrict(to table: String, from slice: String) async throws {
        var manifest = try await manifest()
        manifest.tables.removeAll { $0.name != table }
        manifest.tables[0].slices.removeAll { $0.name < slice }
        try await write(purge: manifest)
    }

    /// Runs the script as a person would.
    @discardableResult
    func purge(
        in database: String = "source", _ change: (String) -> String = { $0 }
    ) async throws -> Program.Outcome {
        let file = root.appending("purge-\(UUID().uuidString).sql")
        let text = change(try String(contentsOfFile: script.string, encoding: .utf8))
        try Data(text.utf8).write(to: URL(filePath: file.string))
        return try await Program(server.installation.program("psql")).run(
            ["--dbname=\(server.target(database: database).connectionString)", "--file=\(file)"], in: root,
            environment: ["PATH": "/usr/bin:/bin", "HOME": root.string])
    }

    /// All that the tables of the test hold, as text.
    fileprivate func contents() async throws -> String? {
        try await value(
            """
            SELECT string_agg(x, E'\\n' ORDER BY x) FROM (
                SELECT c.relname || query_to_xml(format('SELECT * FROM ONLY %s', c.oid::regclass), true, true, '')::text
                FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace) t (x)
            """)
    }
}
