import Checks
import Findings
import Foundation
import Postgres
import Processes
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

    static let checks = Set(checkCatalogue.map(\.id))

    /// These look at what a dump does not have, and at collations with versions, which the servers of the tests do not use.
    private static let ofCopies: Set<CheckID> = [
        "files",
        "values", "visibility-map", "prepared-transactions", "replication-slots", "collations",
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

    /// What a person would ask of them. Neither has a table of migrations, so a table that never changes stands in for it.
    private static let plans: [String: (checks: String, notThere: Set<CheckID>)] = [
        "pagila": (
            """
            row-counts: { film: { exactly: 1000 }, payment: { minimum: 16000 } }
            freshness: { film.last_update: { within: 36500d } }
            indexes: { expected: [idx_actor_last_name, film_fulltext_idx] }
            partitions: { payment: { default: empty } }
            extensions: { plpgsql: { minimum: "1.0" } }
            security: { film: { triggers: [film_fulltext_trigger], owner: postgres } }
            schema-version: { table: category, column: category_id, minimum: 16 }
            sql: { returned-in-order: { query: SELECT FROM rental WHERE return_date < rental_date, rows: { exactly: 0 } } }
            queries: { copy: { query: SELECT * FROM rental WHERE inventory_id = 42, uses: idx_fk_inventory_id } }
            """, ["jsonb", "large-objects"]
        ),
        "chinook": (
            """
            row-counts: { Track: { exactly: 3503 } }
            freshness: { Invoice.InvoiceDate: { within: 36500d } }
            indexes: { expected: [IFK_TrackAlbumId] }
            security: { Track: { owner: postgres } }
            schema-version: { table: MediaType, column: MediaTypeId, expected: "5" }
            sql: { totals: { query: 'SELECT bool_and("Total" > 0) FROM "Invoice"', equals: true } }
            queries: { album: { query: 'SELECT * FROM "Track" WHERE "AlbumId" = 42', uses: IFK_TrackAlbumId, within: 1m } }
            """, ["jsonb", "large-objects", "partitions", "sequences"]
        ),
    ]

    /// With a plan, whatever of them can be asked about is asked, and by every check that finds something to ask.
    @Test(arguments: samples)
    func passesByAPlan(_ name: String) async throws {
        let (checks, notThere) = try #require(Self.plans[name])
        try await withDesk { desk in
            let lines = checks.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
            let drilled = try await desk.drill(try desk.plan(try await load(name, for: desk), "checks:\n" + lines))
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            let passed = Set(drilled.report.checks.filter { $0.status == .passed }.map(\.id))
            let silent = Self.checks.subtracting(passed)
            // There is no earlier drill to compare with, and no row that had to be forgotten.
            #expect(silent == notThere.union(Self.ofCopies).union(["definitions", "erasure"]))
            for id in silent {
                #expect(
                    drilled.findings(id).allSatisfy { $0.status == .notRun && $0.reason?.isEmpty == false }, "\(id)")
            }
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
            let outcome = try await server.fence.asAccount(command).run(deadline: .seconds(600))
            try #require(outcome.succeeded, "\(outcome.failure)")
            let dump = desk.root.appending("\(name).dump")
            try await Sample.dump(name, of: server, format: .custom, to: dump)
            return dump
        }
    }
}
