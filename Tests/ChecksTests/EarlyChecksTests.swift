import Backup
import Findings
import Foundation
import Postgres
import Processes
import Scratch
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Archive
@testable import Checks
@testable import Restore

/// What is asked while a restore goes on, and what is asked again afterwards.
@Suite(.oneServer) struct EarlyChecksTests {
    private static let checking = Checking(
        sql: """
            CREATE TABLE a (i int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 1000);
            CREATE TABLE b (i int PRIMARY KEY); INSERT INTO b SELECT generate_series(1, 1000)
            """)

    /// Asks early as long as `restore` runs, and then the rest.
    private func ask(
        restore: @Sendable (RestoreProgress, [ArchiveEntry], Asked, Restored) async throws -> Void
    ) async throws -> (asked: Asked, findings: [Finding]) {
        try await Self.checking.withDatabase { restored in
            let contents = try await Self.contents(of: restored)
            let progress = RestoreProgress(contents)
            let asked = Asked()
            let run = CheckRun([RowCountsCheck()], emit: { asked.note($0) })
            let context = { @Sendable (pool: ConnectionPool, sizes: Bool) in
                CheckContext(
                    catalogue: try await pool.with { connection in
                        try await Catalogue.read(over: connection) {
                            sizes || progress.canRead(schema: $0.schema, table: $0.name)
                        }
                    }, contents: BackupContents(contents), serverVersion: restored.serverVersion, backupTime: nil,
                    recoveryPoint: nil, connections: pool, deadline: .seconds(600))
            }
            let settings = ["search_path": "", "lock_timeout": "50ms"]
            return try await ConnectionPool.with(2, to: restored.target, settings: settings) { pool in
                async let early: Void = run.whileRestoring(
                    progress, processors: 2, over: pool, deadline: .seconds(600),
                    look: { try await context(pool, false) })
                try await restore(progress, contents.entries, asked, restored)
                progress.end()
                try await early
                asked.note(.asking("the end"))
                let final = try await context(pool, true)
                try await run.ask(in: final)
                return (asked, try await run.findings(in: final))
            }
        }
    }

    @Test func aTableIsAskedAsSoonAsItIsThere() async throws {
        let (asked, findings) = try await ask { progress, entries, asked, _ in
            for entry in entries where entry.tag.hasPrefix("a") { progress.finish(entry) }
            try await asked.comes("public.a")
        }
        // Not asked again, and the other one only when it was there.
        #expect(asked.all == ["public.a", "the end", "public.b"])
        #expect(findings.map(\.observed) == ["1000 rows", "1000 rows"])
    }

    @Test func aTableThatGrewIsAskedAgain() async throws {
        let (asked, findings) = try await ask { progress, entries, asked, restored in
            for entry in entries { progress.finish(entry) }
            try await asked.comes("public.a")
            try await asked.comes("public.b")
            try await withConnection(to: restored.target) {
                try await $0.execute("INSERT INTO public.a SELECT generate_series(1001, 5000)")
            }
        }
        // Early once more, or at the end.
        #expect(asked.all.count { $0 == "public.a" } == 2)
        #expect(asked.all.count { $0 == "public.b" } == 1)
        #expect(findings.map(\.observed) == ["5000 rows", "1000 rows"])
    }

    @Test func nothingIsAskedWhileEveryProcessorIsBusy() async throws {
        let (asked, findings) = try await ask { progress, entries, asked, _ in
            // Two that never end.
            progress.note(.launched(1_000_001))
            progress.note(.launched(1_000_002))
            for entry in entries { progress.finish(entry) }
            try await Task.sleep(for: .seconds(1))
            #expect(asked.all == [])
        }
        #expect(asked.all.first == "the end")
        #expect(findings.map(\.observed) == ["1000 rows", "1000 rows"])
    }

    /// A table that something of the restore has to itself is no reason to wait, nor to fail.
    @Test func aLockedTableIsLeftForTheEnd() async throws {
        let (asked, findings) = try await ask { progress, entries, asked, restored in
            try await withConnection(to: restored.target) { connection in
                try await connection.execute("BEGIN; LOCK TABLE public.a")
                for entry in entries { progress.finish(entry) }
                // Reading the size of a table that is locked gives up after lock_timeout.
                try await Task.sleep(for: .seconds(1))
                #expect(asked.all == [])
                try await connection.execute("ROLLBACK")
            }
            try await asked.comes("public.a")
        }
        #expect(asked.all.last == "the end")
        #expect(findings.map(\.observed) == ["1000 rows", "1000 rows"])
    }

    /// The session of an early question has the processor only while nobody else wants it.
    @Test func aSessionCanYieldTheProcessor() async throws {
        let server = try #require(OneServer.current)
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await server.yieldProcessor(of: connection)
            let inner = try await connection.query("SELECT pg_backend_pid()")[0].need(at: 0, as: Int.self)
            let policies = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
                .filter { id in
                    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
                    return status.split(separator: "\n").contains {
                        $0.hasPrefix("NSpid:") && $0.split(whereSeparator: \.isWhitespace).last == "\(inner)"
                    }
                }.map { sched_getscheduler($0) }
            #expect(policies.contains(5), "SCHED_IDLE")
        }
    }

    private static func contents(of restored: Restored) async throws -> TableOfContents {
        let server = try #require(OneServer.current)
        let file = server.directory.path.appending("dump-\(UInt32.random(in: 0 ... .max))")
        let outcome = try await Command(
            server.installation.program("pg_dump"),
            ["--dbname=\(restored.target.connectionString)", "-Fc", "-f", file.string], directory: "/"
        ).run(deadline: .seconds(600))
        try #require(outcome.succeeded, "\(outcome.failure)")
        return try #require(try Dump.open(.ofBackup(at: file)).contents)
    }
}

extension RestoreProgress {
    fileprivate func finish(_ entry: ArchiveEntry) {
        note(.launched(entry.dumpID))
        note(.finished(entry.dumpID))
    }
}

/// What was asked, in order.
private final class Asked: Sendable {
    private let state = Mutex<[String]>([])

    func note(_ event: CheckEvent) {
        if case .asking(let what) = event { state.withLock { $0.append(what) } }
    }

    var all: [String] { state.withLock { $0 } }

    func comes(_ what: String) async throws { try await eventually("\(what) is asked about") { all.contains(what) } }
}
