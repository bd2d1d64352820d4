import Findings
import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Databases that others made: they pass alone, without a plan.
@Suite struct PublicSampleTests {
    /// Scripts in the directory that PGASSAY_SAMPLES names. Without one, the project's own sample stands in for them.
    static var samples: [String] {
        ProcessInfo.processInfo.environment["PGASSAY_SAMPLES"] == nil ? [] : ["pagila", "chinook"]
    }

    static let checks: Set<String> = [
        "restore", "row-counts", "freshness", "foreign-keys", "jsonb", "sequences", "constraints", "indexes",
        "partitions", "extensions", "security", "schema-version", "large-objects", "encoding", "sql", "queries",
    ]

    @Test(arguments: ["avaolo"] + samples)
    func passesWithoutAPlan(_ name: String) async throws {
        try await withDesk { desk in
            let dump = name == "avaolo" ? try await Dumps.named("avaolo.custom") : try await load(name, for: desk)
            let drilled = try await desk.drill(dump)
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            #expect(drilled.report.tables.count > 10)
            #expect(drilled.findings("foreign-keys").count > 1)
            // Every check has answered; without a plan some have nothing to ask, and those only.
            let ids = Set(drilled.report.checks.map(\.id))
            #expect(ids.isSuperset(of: Self.checks), "\(Self.checks.subtracting(ids))")
            let passed = Set(drilled.report.checks.filter { $0.status == .passed }.map(\.id))
            #expect(
                passed.isSuperset(of: ["restore", "row-counts", "foreign-keys", "constraints", "indexes", "encoding"]))
        }
    }

    /// Loads the script with psql and dumps what came of it.
    private func load(_ name: String, for desk: Desk) async throws -> FilePath {
        let directory = try #require(ProcessInfo.processInfo.environment["PGASSAY_SAMPLES"])
        // A copy, because the server's account may not enter the directory.
        let script = try desk.file(
            "\(name).sql",
            Array(try Data(contentsOf: URL(filePath: FilePath(directory).appending("\(name).sql").string))))
        return try await TestServer.with { server in
            try await withConnection(to: server.target(database: "postgres")) { connection in
                try await connection.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
            }
            let target = server.target(database: name).connectionString
            let command = Command(
                server.installation.program("psql"),
                ["--no-psqlrc", "--quiet", "--dbname=\(target)", "--file=\(script)"], directory: "/")
            let outcome = try await server.fence.around(command).run(deadline: .seconds(120))
            try #require(outcome.succeeded, "\(outcome.failure)")
            let dump = desk.root.appending("\(name).dump")
            try await Sample.dump(name, of: server, format: .custom, to: dump)
            return dump
        }
    }
}
