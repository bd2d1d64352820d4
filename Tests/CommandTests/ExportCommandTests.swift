import Findings
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Exports that are stopped, that come from a backup, or whose manifest is read. More is in `Scenarios/export.txt`.
@Suite struct ExportCommandTests {
    private func uri(_ server: ScratchServer, _ database: String) -> String {
        server.target(database: database).connectionString
    }

    /// A server with `source`, which has messages of a hundred and twenty days.
    private func withServer(_ body: @escaping @Sendable (Desk, ScratchServer) async throws -> Void) async throws {
        try await TestServer.with { server in
            try await withConnection(to: server.target(database: "postgres")) {
                try await $0.execute("CREATE DATABASE source TEMPLATE template0 ENCODING 'UTF8'")
            }
            try await withConnection(to: server.target(database: "source")) {
                try await $0.execute(
                    """
                    CREATE TABLE messages (id int PRIMARY KEY, text text, at timestamptz);
                    INSERT INTO messages SELECT i, repeat(md5(i::text), 50), timestamptz '2023-10-01' + i * interval '1 day'
                    FROM generate_series(0, 119) i
                    """)
            }
            try await withDesk { try await body($0, server) }
        }
    }

    private func exporting(_ server: ScratchServer, _ more: [String] = []) -> [String] {
        [
            "export", "--database", uri(server, "source"), "--table", "messages", "--column", "at", "--before",
            "2024-01-01",
            "--output", "cold",
        ] + more
    }

    @Test func theManifestIsTheOneDocumentOnStandardOutput() async throws {
        try await withServer { desk, server in
            let exported = try await desk.pgassay(exporting(server, ["--unsigned", "--format", "json"]))
            #expect(exported.exitCode == 0, "\(exported.errors)")
            let statement = try JSONSerialization.jsonObject(with: Data(exported.output.utf8)) as? [String: Any]
            #expect(statement?["predicateType"] as? String == "tag:pgassay,2026:cold-tier-export/v1")
            #expect((statement?["subject"] as? [Any])?.count == 3)
            #expect(try await desk.pgassay(["export", "verify", "cold", "--unsigned"]).exitCode == 0)
        }
    }

    /// Slowed down, so that it is in the middle when it is told to stop or killed.
    @Test(arguments: [SIGKILL, SIGINT])
    func stoppedInTheMiddleItGoesOn(_ signal: Int32) async throws {
        try await withServer { desk, server in
            let slow = try desk.start(exporting(server, ["--unsigned", "--rate", "20kB", "--jobs", "1"]))
            let slices = desk.root.appending("cold/messages")
            try await eventually("one slice is written") { try desk.names(in: slices).count == 1 }
            let first = try #require(try desk.names(in: slices).first)
            let before = try FileManager.default.attributesOfItem(atPath: slices.appending(first).string)
            slow.send(signal)
            #expect(try await slow.outcome().exitCode == (signal == SIGINT ? 130 : nil))
            #expect(
                try await desk.pgassay(["export", "verify", "cold", "--unsigned"]).exitCode == 2, "no manifest yet")
            let again = try await desk.pgassay(exporting(server, ["--unsigned"]))
            #expect(again.exitCode == 0, "\(again.errors)")
            let after = try FileManager.default.attributesOfItem(atPath: slices.appending(first).string)
            #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int, "it was not done again")
            #expect(try desk.names(in: desk.root.appending("cold")) == ["manifest.dsse.json", "messages", "purge.sql"])
            #expect(try await desk.pgassay(["export", "verify", "cold", "--unsigned"]).exitCode == 0)
        }
    }

    /// What must be forgotten goes, and the words and the ledger say so. More is in `RewriteTests`.
    @Test func rowsAreErased() async throws {
        try await withServer { desk, server in
            #expect(try await desk.pgassay(["keys", "generate", "--output", "keys"]).exitCode == 0)
            let signing = ["--signing-key", "keys/signing-key.pem"]
            #expect(try await desk.pgassay(exporting(server, signing)).exitCode == 0)
            try "7\n40\n41\n".write(toFile: desk.root.appending("list").string, atomically: true, encoding: .utf8)
            let rewrite =
                [
                    "export", "rewrite", "cold", "--table", "messages", "--erase", "list", "--public-key",
                    "keys/public-key.pem", "--reason", "demand 17",
                ] + signing
            let erased = try await desk.pgassay(rewrite)
            #expect(erased.exitCode == 0, "\(erased.errors)")
            #expect(erased.output.hasPrefix("ERASED"), "\(erased.output)")
            #expect(
                erased.output.contains("3 rows of 2 slices erased; 3 of 3 keys found; 2 old files removed."),
                "\(erased.output)")
            #expect(erased.output.contains("Ledger    entry 1 of "), "\(erased.output)")
            let manifest = try manifest(desk.root.appending("cold"))
            #expect(((manifest["erasures"] as? [[String: Any]])?.first)?["reason"] as? String == "demand 17")
            let verify = ["export", "verify", "cold", "--public-key", "keys/public-key.pem"]
            #expect(try await desk.pgassay(verify).exitCode == 0)
            let again = try await desk.pgassay(rewrite)
            #expect(again.exitCode == 0 && again.output.hasPrefix("NOTHING TO ERASE"), "\(again.output)")
        }
    }

    /// The rows come from what a drill has restored and checked, and the manifest names the drill.
    @Test func fromABackup() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("avaolo.custom"),
                """
                reports: reports
                export:
                  output: cold
                  olderThan: 2y
                  tables: { conversations: { column: timestamp }, llm_debug_log: { column: timestamp } }
                """)
            let exported = try await desk.pgassay(["export", plan.string, "--unsigned"])
            #expect(exported.exitCode == 0, "\(exported.errors) \(exported.output)")
            let report = try desk.onlyReport()
            #expect(report.verdict == .passed)
            #expect(report.phases.contains { $0.name == "export" })
            let manifest = try manifest(desk.root.appending("cold"))
            let tables = try #require(manifest["tables"] as? [[String: Any]])
            #expect(tables.map { $0["name"] as? String } == ["conversations", "llm_debug_log"])
            for table in tables {
                let slices = try #require(table["slices"] as? [[String: Any]])
                #expect(!slices.isEmpty)
                for slice in slices {
                    let drill = (slice["source"] as? [String: Any])?["drill"] as? [String: Any]
                    #expect(drill?["id"] as? String == report.id)
                    #expect(drill?["verdict"] as? String == "passed")
                }
            }
            #expect(try await desk.pgassay(["export", "verify", "cold", "--unsigned"]).exitCode == 0)
        }
    }

    /// The predicate of the manifest of an export.
    private func manifest(_ directory: FilePath) throws -> [String: Any] {
        func object(_ data: Data) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
        let envelope = try object(
            try Data(contentsOf: URL(filePath: directory.appending("manifest.dsse.json").string)))
        let payload = try #require((envelope["payload"] as? String).flatMap { Data(base64Encoded: $0) })
        return try #require(try object(payload)["predicate"] as? [String: Any])
    }
}
