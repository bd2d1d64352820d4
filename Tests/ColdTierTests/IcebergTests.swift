import ColdTier
import Foundation
import SystemPackage
import TestSupport
import Testing

/// `config/iceberg/register.py` makes the files of an export tables of Iceberg, month by month, and PyIceberg reads them.
@Suite struct IcebergTests {
    /// A message a day from October on, and in each month one whose price no type of Parquet holds.
    private static let messages = """
        CREATE TABLE messages (id bigint PRIMARY KEY, text text, price numeric(6,2), at timestamptz NOT NULL);
        INSERT INTO messages
        SELECT i, 'message ' || i, i, timestamptz '2023-10-01 06:00:00+00' + i * interval '1 day' FROM generate_series(0, 91) i;
        """

    @Test(
        "A month is added without the ones before it, and what was rewritten takes the place of what it was made from")
    func months() async throws {
        try await ColdDesk.with(Self.messages) { desk in
            let catalogue = desk.root.appending("catalogue")
            try FileManager.default.createDirectory(atPath: catalogue.string, withIntermediateDirectories: true)
            let key = desk.root.appending("public-key.pem")
            try Data(desk.key.publicKey.pem.utf8).write(to: URL(filePath: key.string))
            func register(_ exitCode: Int = 0) async throws -> Engines.Registered {
                let outcome = try await Engines.register(
                    [desk.output.string, "--public-key", key.string], catalogue: catalogue)
                #expect(outcome.exitCode == exitCode, "\(outcome.output)\(outcome.errors)")
                return outcome
            }
            func exported(before: String) async throws {
                let exported = try await desk.export((name: "messages", column: "at"), before: before) {
                    $0.layout = .parquet
                }
                try #require(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            }
            func sum(_ condition: String) async throws -> Int {
                try #require(Int(try await desk.value("SELECT sum(id) FROM messages WHERE \(condition)") ?? ""))
            }

            try await exported(before: "2023-11-01")
            let first = try await register()
            #expect(first.output == "cold.messages: 1 files added, 0 removed; 1 files, 31 rows\n")
            #expect(first.tables["messages"]?.sum == (try await sum("at < '2023-11-01'")))

            // One more month, and one whose prices are text because one is NaN.
            try await desk.execute("UPDATE messages SET price = 'NaN' WHERE id = 70")
            try await exported(before: "2024-01-01")
            let second = try await register()
            #expect(
                second.output == """
                    cold.messages: 1 files added, 0 removed; 2 files, 61 rows
                    cold.messages__price_as_text: 1 files added, 0 removed; 1 files, 31 rows

                    """)
            #expect(second.tables["messages"]?.sum == (try await sum("at < '2023-12-01'")))
            #expect(second.tables["messages__price_as_text"]?.sum == (try await sum("at >= '2023-12-01'")))
            let again = try await register()
            #expect(again.output.contains("cold.messages: 0 files added, 0 removed; 2 files, 61 rows\n"))
            #expect(again.tables == second.tables, "nothing is added twice")

            // A row of October is erased: its file has another name, and no snapshot names the old one.
            let rewritten = try await desk.rewrite("messages", "7\n", reason: "demand 1")
            #expect(rewritten.judgement.verdict == .passed && rewritten.rows == 1)
            let third = try await register()
            #expect(third.output.contains("cold.messages: 1 files added, 1 removed; 2 files, 60 rows\n"))
            let table = try #require(third.tables["messages"])
            #expect(table.sum == (try await sum("at < '2023-12-01' AND id <> 7")))
            #expect(Set(table.files) != Set(try #require(second.tables["messages"]).files) && table.files.count == 2)
            #expect(table.snapshots == 1)

            try await desk.execute("DELETE FROM messages WHERE id = 7")

            // A file that is not as the manifest says is not registered, and nothing is changed by that.
            try await desk.execute(
                "INSERT INTO messages SELECT i, 'late', 1, '2024-01-05 00:00:00+00' FROM generate_series(200, 209) i")
            try await exported(before: "2024-02-01")
            let file = try #require(desk.files.first { $0.contains("2024-01") })
            let other = try #require(desk.files.first { $0.contains("2023-11") })
            try Data(contentsOf: URL(filePath: desk.output.appending(other).string)).write(
                to: URL(filePath: desk.output.appending(file).string))
            let refused = try await register(1)
            #expect(refused.errors.contains("\(file): expected ") && refused.errors.contains("found "))
            #expect(refused.tables == third.tables)
        }
    }

    @Test("What the key has not signed, or no table can be made of, changes nothing")
    func refused() async throws {
        try await ColdDesk.with(Self.messages) { desk in
            let catalogue = desk.root.appending("catalogue")
            try FileManager.default.createDirectory(atPath: catalogue.string, withIntermediateDirectories: true)
            let key = desk.root.appending("public-key.pem")
            try Data(ColdDesk(server: desk.server, root: desk.root).key.publicKey.pem.utf8).write(
                to: URL(filePath: key.string))
            try await desk.export((name: "messages", column: "at")) { $0.layout = .parquet }
            let call = [desk.output.string, "--public-key", key.string]
            let wrongKey = try await Engines.register(call, catalogue: catalogue)
            #expect(wrongKey.exitCode == 2 && wrongKey.errors.contains("does not fit") && wrongKey.tables.isEmpty)
            try FileManager.default.removeItem(at: URL(filePath: desk.output.appending("manifest.dsse.json").string))
            let nothing = try await Engines.register(call, catalogue: catalogue)
            #expect(nothing.exitCode == 2 && nothing.errors.contains("manifest.dsse.json") && nothing.tables.isEmpty)
        }
    }
}
