import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Backups that a command of the plan fetches or decrypts.
@Suite struct FetchTests {
    private static func plan(_ desk: Desk, _ backup: String, _ rest: String = "") throws -> FilePath {
        try desk.file("plan.yaml", "name: test\nbackup: { \(backup) }\n\(rest)\n")
    }

    @Test func anyOtherTool() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let plan = try Self.plan(
                    desk, "command: [cp, -a, '\(chain.backup)/.', '{directory}']",
                    "recovery: { wal: '\(chain.archive)' }")
                let drilled = try await desk.drill(plan)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 3003)
                #expect(drilled.report.backup.location.hasPrefix("command: cp -a"))
            }
        }
    }

    /// What links of a fetched backup lead to is somebody else's, and only read.
    @Test func linksOfWhatIsFetched() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                let space = cluster.directory.appending("space")
                try cluster.makeDirectory(space)
                try await cluster.execute(
                    "CREATE TABLESPACE s LOCATION '\(space)'",
                    "CREATE TABLE t TABLESPACE s AS SELECT i FROM generate_series(1, 1000) i")
                // On the same disk as the scratch directory: there it could be taken.
                let mapped = desk.root.appending("mapped")
                try cluster.makeDirectory(mapped)
                let backup = try await cluster.baseBackup("b", ["--tablespace-mapping=\(space)=\(mapped)"])
                let before = try FileStates(of: mapped)
                let drilled = try await desk.drill(
                    try Self.plan(desk, "command: [cp, -a, '\(backup)/.', '{directory}'], follow: ['\(mapped)']"))
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 1000)
                #expect(try FileStates(of: mapped) == before)
                let link = try await desk.drill(
                    try Self.plan(desk, "command: [ln, -s, '\(backup)', '{directory}/b']"))
                #expect(link.exitCode == 3, "\(link.complaints)")
                #expect(link.complaints.contains("it left a link"), "\(link.complaints)")
            }
        }
    }

    @Test func aToolIsStopped() async throws {
        try await withDesk { desk in
            let plan = try Self.plan(desk, "command: [sh, -c, 'echo waiting >&2; sleep 3600']")
            let running = try desk.start(desk.drilling(plan))
            try await eventually("the drill fetches") { try !desk.names(in: desk.scratch).isEmpty }
            running.send(SIGINT)
            let outcome = try await running.outcome()
            #expect(outcome.exitCode == 130, "\(outcome.errors)")
            #expect(try desk.names(in: desk.reports).count == 1)
        }
    }

    @Test func encryptedByAge() async throws {
        try await withDesk { desk in
            let key = desk.root.appending("age.key").string
            let other = desk.root.appending("other.key").string
            let encrypted = desk.root.appending("avaolo.dump.age").string
            let dump = try await Dumps.named("orchard.custom")
            let script = """
                age-keygen -o '\(key)' && age-keygen -o '\(other)' \
                && age -r "$(age-keygen -y '\(key)')" -o '\(encrypted)' '\(dump)' && sha256sum '\(encrypted)'
                """
            let made = try await Program("/bin/sh").run(
                ["-c", script], in: desk.root, environment: ["PATH": "/usr/bin:/bin"])
            try #require(made.exitCode == 0, "\(made.errors)")
            func plan(_ key: String) throws -> FilePath {
                try Self.plan(desk, "path: '\(encrypted)', decrypt: [age, --decrypt, --identity, '\(key)']")
            }
            let drilled = try await desk.drill(try plan(key))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.report.backup.digest == ["sha256": String(made.output.prefix(64))])
            #expect(drilled.report.backup.location == encrypted)
            let locked = try await desk.drill(try plan(other))
            #expect(locked.exitCode == 3, "\(locked.complaints)")
            #expect(locked.complaints.contains("Without the right key"), "\(locked.complaints)")
        }
    }

    @Test func encryptedByGnuPG() async throws {
        try await withDesk { desk in
            let home = desk.root.appending("gnupg")
            let encrypted = desk.root.appending("avaolo.sql.gpg").string
            let dump = try await Dumps.named("orchard.custom")
            let script = """
                mkdir -m 700 '\(home)' && echo sesame > pass && echo wheat > wrong \
                && gpg --batch --pinentry-mode loopback --passphrase-file pass -o '\(encrypted)' -c '\(dump)'
                """
            let environment = ["PATH": "/usr/bin:/bin", "GNUPGHOME": home.string]
            let made = try await Program("/bin/sh").run(["-c", script], in: desk.root, environment: environment)
            try #require(made.exitCode == 0, "\(made.errors)")
            for (pass, exitCode) in [("pass", 0), ("wrong", 3)] {
                let drilled = try await desk.drill(
                    try Self.plan(
                        desk,
                        """
                        path: '\(encrypted)', decrypt: [gpg, --batch, --pinentry-mode, loopback, --passphrase-file, \
                        '\(desk.root.appending(pass))', --decrypt]
                        """), environment: environment)
                #expect(drilled.exitCode == Int32(exitCode), "\(pass): \(drilled.complaints)")
            }
            _ = try await Program("/usr/bin/gpgconf").run(["--kill", "all"], in: desk.root, environment: environment)
        }
    }
}
