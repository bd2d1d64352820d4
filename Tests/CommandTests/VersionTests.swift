import Findings
import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
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

    /// The sample by its own plan, dumped by each version's own pg_dump: one verdict, from the same answers. What a version
    /// cannot ask (16 comes without amcheck here, 18 checks GIN indexes too) is the only difference.
    @Test func theSampleDrillsToTheSameVerdictOnEveryVersion() async throws {
        // All at once: each waits for a turn of its own, and who asks for a turn last gets it last.
        let answers = try await withThrowingTaskGroup(of: (Int, Set<String>).self) { group in
            for major in [15, 16, 17, 18] { group.addTask { (major, try await Self.answers(on: major)) } }
            return try await group.reduce(into: [Int: Set<String>]()) { $0[$1.0] = $1.1 }
        }
        let first = try #require(answers[15])
        #expect(first.count > 150)
        for (major, others) in answers { #expect(others.symmetricDifference(first) == [], "\(major)") }
    }

    /// What a drill of the sample answers, but for what the versions cannot all be asked.
    private static func answers(on major: Int) async throws -> Set<String> {
        try await withDesk { desk in
            let dump = desk.root.appending("avaolo.dump")
            try await TestServer.with(major: major) { server in
                try await SampleDatabase(scale: 0.01, asOf: Date()).create(on: server)
                try await Sample.dump(SampleDatabase.name, of: server, format: .custom, to: dump)
            }
            let plan = FilePath(#filePath).removingLastComponent().appending("../../drills/weekly-recovery.yaml")
            let drilled = try await desk.drill(plan, ["--backup", dump.string])
            #expect(drilled.complaints == "", "\(major)")
            #expect(drilled.exitCode == 0, "\(major)")
            #expect(drilled.report.backup.dumpVersion?.hasPrefix("\(major).") == true)
            #expect(drilled.report.environment.postgres?.hasPrefix("\(major).") == true)
            let withoutAmcheck = drilled.findings("indexes").contains {
                $0.status == .notRun && $0.reason?.contains("no extension amcheck") == true
            }
            #expect(withoutAmcheck == (major == 16))
            return Set(
                drilled.report.checks.filter { !["indexes", "restore"].contains($0.id) }.map {
                    "\($0.id) \($0.subject) \($0.status)"
                })
        }
    }

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
