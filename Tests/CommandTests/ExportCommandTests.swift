import Findings
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Export, verify and import as a person runs them.
@Suite struct ExportCommandTests {
    private func uri(_ server: ScratchServer, _ database: String) -> String {
        server.target(database: database).connectionString
    }

    /// A server with `source`, which has messages of a hundred and twenty days, and an empty `target`.
    private func withServer(_ body: @escaping @Sendable (Desk, ScratchServer) async throws -> Void) async throws {
        try await TestServer.with { server in
            try await withConnection(to: server.target(database: "postgres")) {
                for name in ["source", "target"] {
                    try await $0.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
                }
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

    @Test func thereAndBack() async throws {
        try await withServer { desk, server in
            #expect(try await desk.pgassay(["keys", "generate", "--output", "keys"]).exitCode == 0)
            let exported = try await desk.pgassay(exporting(server, ["--signing-key", "keys/signing-key.pem"]))
            #expect(exported.exitCode == 0, "\(exported.errors)")
            #expect(exported.output.hasPrefix("EXPORTED"))
            #expect(exported.output.contains("export verify cold --public-key keys/public-key.pem"))
            let trusting = ["--public-key", "keys/public-key.pem"]
            let verified = try await desk.pgassay(["export", "verify", "cold", "--format", "json"] + trusting)
            #expect(verified.exitCode == 0, "\(verified.errors)")
            let document = try JSONSerialization.jsonObject(with: Data(verified.output.utf8)) as? [String: Any]
            #expect(document?["verdict"] as? String == "passed")
            let sampled = try await desk.pgassay(["export", "verify", "cold", "--sample", "10%"] + trusting)
            #expect(sampled.exitCode == 0, "\(sampled.errors)")
            #expect(sampled.output.contains("Over the last year 1 of 3 files"))
            try FileManager.default.removeItem(atPath: desk.root.appending("pgassay-reports").string)
            let loading = ["import", "cold", "--database", uri(server, "target")]
            let imported = try await desk.pgassay(loading + trusting + ["--slice", "messages/month=2023-11"])
            #expect(imported.exitCode == 0, "\(imported.errors)")
            #expect(imported.output.hasPrefix("IMPORTED"))

            let file = desk.root.appending("cold/messages/month=2023-10/part-00000.csv.zst").string
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: file))
            let damaged = try await desk.pgassay(["export", "verify", "cold"] + trusting)
            #expect(damaged.exitCode == 1)
            #expect(damaged.output.hasPrefix("DAMAGED") && damaged.output.contains("month=2023-10/part-00000.csv.zst"))
            #expect(try await desk.pgassay(loading + trusting).exitCode == 1)

            #expect(try await desk.pgassay(["keys", "generate", "--output", "others"]).exitCode == 0)
            let wrong = try await desk.pgassay(["export", "verify", "cold", "--public-key", "others/public-key.pem"])
            #expect(wrong.exitCode == 1)
            #expect(wrong.errors.contains("is signed by key"))
        }
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

    @Test func wrongCommands() async throws {
        try await withServer { desk, server in
            func refused(_ arguments: [String], _ words: String, code: Int32 = 2) async throws {
                let outcome = try await desk.pgassay(arguments)
                #expect(outcome.exitCode == code, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
            }
            try await refused(exporting(server), "pgassay keys generate")
            try await refused(["export"], "name a plan, or all of --database")
            try await refused(exporting(server, ["--unsigned", "--older-than", "2y"]), "and not both")
            try await refused(exporting(server, ["--unsigned", "--rate", "slow"]), "--rate expects a size")
            let plan = try desk.plan(desk.root.appending("x.dump"))
            try await refused(["export", plan.string, "--unsigned"], "has no section export")
            try await refused(exporting(server, [plan.string, "--unsigned"]), "leave --database, --table")
            var nowhere = exporting(server, ["--unsigned"])
            nowhere[4] = "nowhere"
            try await refused(nowhere, "there is no table public.nowhere in the database source")
            try await refused(["export", "verify", "cold"], "Either --public-key PEM, or --unsigned")
            try await refused(["export", "verify", "absent", "--unsigned"], "absent", code: 3)
            var elsewhere = exporting(server, ["--unsigned"])
            elsewhere[10] = "ftp://host/dir"
            try await refused(elsewhere, "is no place for an export")
            var gone = exporting(server, ["--unsigned"])
            gone[2] = "host=/nowhere dbname=x"
            try await refused(gone, "Cannot connect", code: 3)
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

    @Test func aBadBackupIsNotExported() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("orphan.custom"),
                """
                reports: reports
                export: { output: cold, before: 2100-01-01, tables: { readings: { column: at } } }
                """)
            let exported = try await desk.pgassay(["export", plan.string, "--unsigned"])
            #expect(exported.exitCode == 1, "\(exported.errors)")
            #expect(exported.output.contains("Nothing was exported"))
            #expect(try desk.names(in: desk.root.appending("cold")) == [])
            _ = try desk.onlyReport()
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
