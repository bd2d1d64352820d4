import Findings
import Postgres
import Sample
import Scratch
import TestSupport
import Testing

/// Dumps of every supported PostgreSQL, restored on the nearest that is not older.
@Suite struct VersionTests {
    static let kinds: [Int: [DumpKind]] = [
        16: [.custom, .plain], 18: [.custom, .plain, DumpKind("tar", .tar)],
        // Built with all compressions that archives know since 16.
        17: [
            .custom, .plain, DumpKind("zstd", .custom, ["--compress=zstd"]),
            DumpKind("lz4-custom", .custom, ["--compress=lz4"]),
            DumpKind("lz4", .directory, ["--compress=lz4"]), DumpKind("none", .directory, ["--compress=none"]),
        ],
    ]

    @Test(arguments: [16, 17, 18])
    func dumpsOf(_ major: Int) async throws {
        let source = try #require(DumpSource.all.first { $0.database == "orchard" })
        try await withDesk { desk in
            try await TestServer.with(major: major) { server in
                try await withConnection(to: server.target(database: "postgres")) { connection in
                    for statements in try source.statements() { try await connection.execute(statements) }
                }
                for kind in try #require(Self.kinds[major]) {
                    try await Sample.dump(
                        "postgres", of: server, format: kind.format, options: kind.options,
                        to: desk.root.appending(kind.name))
                }
            }
            for kind in try #require(Self.kinds[major]) {
                let drilled = try await desk.drill(desk.root.appending(kind.name))
                #expect(drilled.complaints == "", "\(kind.name)")
                #expect(drilled.exitCode == 0, "\(kind.name)")
                #expect(drilled.rows == ["public.growers": 50, "public.plots": 200, "public.readings": 3000])
                #expect(drilled.report.backup.serverVersion?.hasPrefix("\(major).") == true)
                #expect(drilled.report.environment.postgres?.hasPrefix("\(major).") == true)
                // Without checksums, nobody can say that every value is what it was.
                guard major == 17, kind.name != "custom", kind.name != "plain" else { continue }
                let values = drilled.findings("archive").filter { $0.subject == "row values" }
                #expect(values.map(\.status) == [.notRun], "\(kind.name)")
                #expect(values.allSatisfy { $0.reason?.contains("no checksum") == true }, "\(kind.name)")
            }
        }
    }
}
