import Findings
import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

/// What this machine lacks is never held against the backup: exit code 3, and no finding that blames it.
@Suite struct EnvironmentTests {
    /// The restore runs on a PostgreSQL that comes without hstore and citext.
    @Test(arguments: ["custom", "plain"])
    func aMissingExtensionIsTheMachinesFault(_ kind: String) async throws {
        let bare = try await TestServer.installation(major: 16)
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try await Dumps.named("contrib.\(kind)"), environment: desk.only(bare.directory))
            #expect(drilled.exitCode == 3)
            #expect(drilled.report.verdict == .inconclusive)
            #expect(drilled.report.cause == .environment)
            #expect(drilled.report.checks.filter { $0.cause == .backup } == [], "\(drilled.complaints)")
            #expect(drilled.complaints.contains("hstore"))
            #expect(drilled.outcome.output.contains("lacks an extension"))
        }
    }

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
                let outcome = try await server.fence.around(command).run(deadline: .seconds(600))
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

    @Test(arguments: [
        ("orchard.custom", "the archive's own version is newer than any"), ("orchard.directory", "its toc.dat"),
        ("orchard.tar", "its toc.dat, in a tar file"), ("orchard.plain", "the server's version is newer than any"),
    ])
    func aVersionNobodyKnowsIsNoDamage(_ name: String, _ reason: String) async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("new")
            try FileManager.default.copyItem(atPath: try await Dumps.named(name).string, toPath: dump.string)
            let file = name == "orchard.directory" ? dump.appending("toc.dat") : dump
            var bytes = try Data(contentsOf: URL(filePath: file.string))
            if let magic = bytes.firstRange(of: Data("PGDMP".utf8)) {
                bytes[magic.upperBound + 1] = 99
            } else {
                let version = try #require(bytes.firstRange(of: Data("database version 1".utf8)))
                bytes.replaceSubrange(version, with: Data("database version 9".utf8))
            }
            try bytes.write(to: URL(filePath: file.string))
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 3, "\(reason): \(drilled.complaints)")
            #expect(
                drilled.complaints.contains(/newer|[Ii]nstall PostgreSQL/), "\(reason): \(drilled.complaints)")
            #expect(drilled.report.verdict == .inconclusive)
            #expect(drilled.report.cause == .environment)
        }
    }

    @Test func withoutPostgresNothingCanBeTold() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try await Dumps.named("orchard.custom"), environment: desk.only(desk.root))
            #expect(drilled.exitCode == 3)
            #expect(drilled.report.cause == .environment)
            #expect(drilled.outcome.output.contains("No PostgreSQL server is installed"))
            #expect(drilled.outcome.output.contains("apt-get install postgresql"))
            let doctor = try await desk.pgassay(["doctor"], environment: desk.only(desk.root))
            #expect(doctor.exitCode == 3)
            #expect(doctor.errors.contains("apt-get install postgresql"))
        }
    }

    @Test func tooLittleDiskIsSaidBeforeTheRestore() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(try await Dumps.named("orchard.custom"), "scratch: { diskSpace: 900TB }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("are free"))
            #expect(drilled.report.phases.contains { $0.name == "restore" } == false)
        }
    }
}
