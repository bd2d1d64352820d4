import Evidence
import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Backups in a bucket, of moto's server.
@Suite struct S3BackupTests {
    private static func plan(_ desk: Desk, _ place: String, _ rest: String = "") throws -> FilePath {
        try desk.file("plan.yaml", "name: test\nbackup: { path: '\(place)' }\n\(rest)\n")
    }

    @Test func dumpsAndBaseBackups() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            try await withChain(["-Ft", "-z"]) { _, chain in
                try await ObjectServer.moto { server in
                    try await server.makeBucket("backups")
                    for (from, to) in [
                        (dump.string, "s3://backups/dumps/older.dump"), (dump.string, "s3://backups/dumps/newer.dump"),
                    ] {
                        let copied = try await server.aws("s3", "cp", from, to)
                        try #require(copied.exitCode == 0, "\(copied.errors)")
                        // Times go by the second.
                        try await Task.sleep(for: .seconds(1.1))
                    }
                    let copied = try await server.aws(
                        "s3", "cp", "--recursive", chain.backup.string, "s3://backups/base/b")
                    try #require(copied.exitCode == 0, "\(copied.errors)")

                    let newest = try await desk.drill(
                        try Self.plan(desk, "s3://backups/dumps/*.dump"), environment: server.environment)
                    #expect(newest.exitCode == 0, "\(newest.complaints)")
                    #expect(newest.report.backup.location == "s3://backups/dumps/newer.dump")
                    let sum = try await Program("/usr/bin/sha256sum").run([dump.string], in: "/", environment: [:])
                    #expect(newest.report.backup.digest == ["sha256": String(sum.output.prefix(64))])
                    let named = try await desk.drill(
                        try Self.plan(desk, "s3://backups/dumps/*.dump"), ["--pick", "older.dump"],
                        environment: server.environment)
                    #expect(named.report.backup.location == "s3://backups/dumps/older.dump")

                    let base = try await desk.drill(
                        try Self.plan(desk, "s3://backups/base/*", "recovery: { wal: '\(chain.archive)' }"),
                        environment: server.environment)
                    #expect(base.exitCode == 0, "\(base.complaints)")
                    #expect(base.rows["public.t"] == 3003)

                    for place in ["s3://backups/none/*", "s3://nobody/x"] {
                        let missing = try await desk.pgassay(
                            desk.drilling(try Self.plan(desk, place)), environment: server.environment)
                        #expect(missing.exitCode == 2, "\(missing.errors)")
                        #expect(missing.errors.contains("There is no b"), "\(missing.errors)")
                    }
                }
            }
        }
    }
}
