import Findings
import Foundation
import Postgres
import Processes
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

/// What this machine lacks is never held against the backup: exit code 3, and no finding that blames it. More of it is in
/// `Scenarios/environment.txt`.
@Suite struct EnvironmentTests {
    @Test func anExtensionThatIsHereIsRestored() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("contrib.custom"))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(Set(drilled.report.environment.extensions.keys) == ["citext", "hstore", "plpgsql"])
        }
    }

    @Test func aDumpOfANewerPostgresNeedsOne() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("new.dump")
            try await TestServer.with(major: 18) { server in
                try await Sample.dump("postgres", of: server, format: .custom, to: dump)
            }
            let old = try await TestServer.installation()
            let drilled = try await desk.drill(dump, environment: desk.only(old.directory))
            #expect(drilled.exitCode == 3)
            #expect(drilled.report.cause == .environment)
            #expect(drilled.complaints.contains("needs PostgreSQL 18 or newer; installed here: \(old.version)"))
        }
    }

    /// Made of a server that is here by a pg_dump that is not: what this pg_restore cannot read is no damage.
    @Test(arguments: ["custom", "directory", "tar"])
    func anArchiveOfANewerPgDumpNeedsItsPgRestore(_ format: String) async throws {
        let old = try await TestServer.installation()
        let new = try await TestServer.installation(major: 17)
        try await TestServer.with { server in
            try await withDesk { desk in
                let file = server.directory.path.appending("new.dump")
                let target = server.target(database: "postgres").connectionString
                let command = Command(
                    new.program("pg_dump"), ["--format=\(format)", "--file=\(file)", "--dbname=\(target)"],
                    directory: "/")
                let outcome = try await command.run(deadline: .seconds(600))
                try #require(outcome.succeeded, "\(outcome.failure)")
                let dump = desk.root.appending("new.dump")
                try FileManager.default.copyItem(atPath: file.string, toPath: dump.string)
                let drilled = try await desk.drill(dump, environment: desk.only(old.directory))
                #expect(drilled.report.backup.serverVersion?.hasPrefix("\(old.version.major).") == true)
                #expect(drilled.exitCode == 3)
                #expect(drilled.report.cause == .environment)
                #expect(drilled.complaints.contains("needs PostgreSQL 17 or newer; installed here: \(old.version)"))
            }
        }
    }
}
