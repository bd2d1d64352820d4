import ColdTier
import Findings
import Foundation
import Postgres
import TestSupport
import Testing

/// What is asked for and cannot be had is said before anything is written.
@Suite struct SourceTests {
    @Test("Tables and columns that cannot be exported")
    func mistakes() async throws {
        try await ColdDesk.with(
            messages + """
                CREATE VIEW seen AS SELECT * FROM messages;
                CREATE TABLE made (at timestamptz, plus timestamptz GENERATED ALWAYS AS (at) STORED);
                CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER away FOREIGN DATA WRAPPER nothing;
                CREATE TABLE parts (at timestamptz) PARTITION BY RANGE (at);
                CREATE FOREIGN TABLE far PARTITION OF parts FOR VALUES FROM ('2023-01-01') TO ('2023-02-01') SERVER away;
                """
        ) { desk in
            func refused(_ table: String, _ column: String, before: String = "2024-01-01") async -> ExportError? {
                await #expect(throws: ExportError.self) {
                    try await desk.export((name: table, column: column), before: before)
                }
            }
            #expect(
                await refused("nowhere", "at")
                    == .noTable(TableName(schema: "public", name: "nowhere"), database: "source"))
            #expect(
                await refused("messages", "when")
                    == .noColumn("when", of: TableName(schema: "public", name: "messages")))
            #expect(await refused("messages", "text")?.description.contains("of type text") == true)
            #expect(await refused("made", "plus")?.description.contains("generated") == true)
            #expect(await refused("seen", "at")?.description.contains("is a view") == true)
            #expect(
                await refused("parts", "at")?.description.contains(
                    "public.far, a part of public.parts, is a foreign table") == true)
            #expect(
                await refused("messages", "at", before: "yesteryear")?.description.contains("“yesteryear” is no time")
                    == true)
            #expect(desk.files.isEmpty)
        }
    }

    @Test("Rows that a policy hides are an error, not silently absent; a role that may not read is told so")
    func policies() async throws {
        try await ColdDesk.with(
            messages + """
                CREATE ROLE reader LOGIN; GRANT SELECT ON messages TO reader;
                CREATE ROLE nobody_special LOGIN;
                ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
                CREATE POLICY every_other ON messages TO reader USING (id % 2 = 0);
                """
        ) { desk in
            func export(as role: String) async throws {
                let target = try ConnectionTarget(
                    parsing: desk.server.target(database: "source").connectionString + " user=\(role)")
                _ = try await exportRows(desk.request([(name: "messages", column: "at")]), from: target) { _ in }
            }
            let hidden = await #expect(throws: PostgresError.self) { try await export(as: "reader") }
            #expect(hidden?.sqlState?.rawValue == "42501")
            await #expect(throws: ExportError.mayNotRead(TableName(schema: "public", name: "messages"))) {
                try await export(as: "nobody_special")
            }
        }
    }

    @Test("What is written while an export runs is not in it: all connections see one snapshot")
    func snapshot() async throws {
        try await ColdDesk.with(messages) { desk in
            let target = desk.server.target(database: "source")
            let request = desk.request([(name: "messages", column: "at")]) { $0.jobs = 2 }
            let writer = try await Connection(to: target)
            // The first file is on its way when a row is written into each of the months.
            let once = Once { () -> Bool in
                try await writer.execute(
                    "INSERT INTO messages (text, at) SELECT 'late', d FROM unnest('{2023-10-10,2023-11-10,2023-12-10}'::timestamptz[]) d"
                )
                return true
            }
            let draft = try await exportRows(request, from: target) { event in
                guard case .item(let item) = event, item.hasPrefix("public.messages 2") else { return }
                let done = DispatchSemaphore(value: 0)
                Task.detached {
                    _ = try? await once.value
                    done.signal()
                }
                done.wait()
            }
            await writer.close()
            let exported = try await publish(draft) { _ in }
            #expect(try await desk.value("SELECT count(*)::text FROM messages WHERE text = 'late'") == "3")
            #expect(exported.manifest.tables[0].slices.map(\.digest.rows) == [31, 30, 31])
            #expect(Set(exported.manifest.tables[0].slices.map(\.source.snapshot)).count == 1)
        }
    }
}
