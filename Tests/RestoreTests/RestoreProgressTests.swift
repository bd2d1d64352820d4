import Foundation
import Postgres
import Processes
import Scratch
import SystemPackage
import TestSupport
import Testing

@testable import Archive
@testable import Restore

/// What can be read while the real pg_restore goes on, by its own words.
@Suite struct RestoreProgressTests {
    private static let sql = """
        CREATE TABLE a (i int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 1000);
        CREATE TABLE b (i int REFERENCES a); INSERT INTO b SELECT generate_series(1, 1000); CREATE INDEX ON b (i);
        CREATE TABLE unfilled (i int)
        """

    /// The events of a restore, and the archive's contents.
    private func restore(
        _ format: String, _ options: String...
    ) async throws -> ([PgRestoreMessages.Event], TableOfContents) {
        try await TestServer.with { server in
            try await withConnection(to: server.target(database: "postgres")) { connection in
                for database in ["source", "copy"] { try await connection.execute("CREATE DATABASE \(database)") }
            }
            try await withConnection(to: server.target(database: "source")) { try await $0.execute(Self.sql) }
            let file = server.directory.path.appending("dump")
            func run(_ program: String, _ arguments: [String]) async throws -> Command.Outcome {
                try await Command(server.installation.program(program), arguments, directory: "/").run(
                    deadline: .seconds(600))
            }
            let dumped = try await run(
                "pg_dump",
                ["--dbname=\(server.target(database: "source").connectionString)", "-F\(format)", "-f", file.string])
            try #require(dumped.succeeded, "\(dumped.failure)")
            let restored = try await run(
                "pg_restore",
                ["--verbose", "--dbname=\(server.target(database: "copy").connectionString)"] + options
                    + [file.string])
            try #require(restored.succeeded, "\(restored.failure)")
            var messages = PgRestoreMessages()
            let events = restored.errorOutput.split(separator: "\n").flatMap { messages.add(String($0)) }
            return (events + messages.finish(), try #require(try Dump.open(.ofBackup(at: file)).contents))
        }
    }

    @Test(arguments: [("c", ["--jobs=2"]), ("t", [])])
    func aTableCanBeReadWhenItsLastIndexIsThere(_ format: String, _ options: [String]) async throws {
        let (events, contents) = try await options.isEmpty ? restore(format) : restore(format, options[0])
        let progress = RestoreProgress(contents)
        func can(_ table: String) -> (read: Bool, lock: Bool) {
            (progress.canRead(schema: "public", table: table), progress.canLock(schema: "public", table: table))
        }
        var (readable, lockable): (Int?, Int?)
        for (index, event) in events.enumerated() {
            #expect(!can("unfilled").read || index > 0)
            progress.note(event)
            if readable == nil, can("a").read { readable = index }
            if lockable == nil, can("a").lock { lockable = index }
        }
        let read = try #require(readable)
        #expect(read < events.count - 1, "it must not take the whole restore")
        // The key of a was there before, and the foreign key that refers to it comes after.
        if let lockable { #expect(lockable > read) }
        #expect(!progress.isOver)
        progress.end()
        #expect(can("a").lock && can("b").lock && can("unfilled").read && progress.isOver)
    }

    @Test func nothingCanBeReadBeforeAnythingIsSaid() async throws {
        let (_, contents) = try await restore("c", "--jobs=2")
        let progress = RestoreProgress(contents)
        #expect(!progress.canRead(schema: "public", table: "a"))
        #expect(!progress.canRead(schema: "public", table: "of another archive"))
        #expect(progress.running == 1)
    }
}
