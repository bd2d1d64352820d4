import Foundation
import SystemPackage
import TestSupport
import Testing

/// An export in a bucket: the same as one in a directory, through a server that speaks S3.
@Suite struct S3ExportTests {
    @Test(
        "Export, verify and import through S3, locked; a later export adds to it", arguments: ["csv", "parquet"])
    func thereAndBack(_ layout: String) async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.create("target")
            try await ObjectServer.moto { server in
                let bucket = "cold-\(layout)"
                try await server.makeBucket(bucket, objectLock: true)
                let pgassay = try Program.ofThisPackage("pgassay")
                let environment = server.environment.merging(["PGASSAY_SCRATCH": desk.root.string]) { $1 }
                func run(_ arguments: [String], _ start: String) async throws {
                    let outcome = try await pgassay.run(arguments, in: desk.root, environment: environment)
                    #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
                    #expect(outcome.output.hasPrefix(start), "\(outcome.output)")
                }
                let source = desk.server.target(database: "source").connectionString
                for before in ["2023-11-01", "2024-01-01"] {
                    let plan = desk.root.appending("plan.yaml").string
                    try """
                    name: cold
                    export:
                      database: "\(source)"
                      output: s3://\(bucket)/exports/avaolo
                      before: \(before)
                      layout: \(layout)
                      rate: 100MB
                      tables: { messages: { column: at } }
                      objectLock: { mode: governance, days: 1 }
                    """.write(toFile: plan, atomically: true, encoding: .utf8)
                    try await run(["export", plan, "--unsigned"], "EXPORTED")
                }
                try await run(["export", "verify", "s3://\(bucket)/exports/avaolo", "--unsigned"], "GOOD")
                let target = desk.server.target(database: "target").connectionString
                try await run(
                    ["import", "s3://\(bucket)/exports/avaolo", "--unsigned", "--database", target], "IMPORTED")
            }
            try await desk.expectSame("SELECT * FROM messages WHERE at < '2024-01-01'", in: "target")
        }
    }
}
