import Findings
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Drills on a server that somebody runs: a database of their own, and nothing else touched.
@Suite struct ExistingServerTests {
    @Test func aDrillLeavesTheServerAsItWas() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                for dump in ["avaolo.custom", "orchard.plain"] {
                    let plan = try desk.plan(try await Dumps.named(dump), "scratch: { server: '\(uri(server))' }")
                    let drilled = try await desk.drill(plan)
                    #expect(drilled.complaints == "")
                    #expect(drilled.exitCode == 0)
                    #expect(drilled.report.environment.isolation.contains { $0.contains("the server is not fenced") })
                    let cleaned = drilled.report.cleanup.map(\.what)
                    #expect(cleaned.contains { $0.wholeMatch(of: /database pgassay_[0-9a-f]{8}/) != nil })
                    #expect(cleaned.contains("role ava_owner") == (dump == "avaolo.custom"))
                    #expect(drilled.report.cleanup.allSatisfy { $0.removed })
                    #expect(try await state(of: server) == before)
                }
            }
        }
    }

    @Test func aFailedAndAnInterruptedDrillLeaveNothingEither() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                let bad = try desk.plan(
                    try await Dumps.named("orphan.custom"), "scratch: { server: '\(uri(server))' }")
                #expect(try await desk.drill(bad).exitCode == 1)
                #expect(try await state(of: server) == before)

                let slow = try desk.plan(
                    try await Dumps.named("slow.custom"), "scratch: { server: '\(uri(server))' }")
                let drill = try desk.start(desk.drilling(slow))
                #expect(try await drill.says("restore\n"))
                try await eventually("the drill has its database") { try await state(of: server) != before }
                drill.send(SIGTERM)
                #expect(try await drill.outcome().exitCode == 130)
                #expect(try await state(of: server) == before)
            }
        }
    }

    @Test func productionIsRefusedByItsIdentifier() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                let identifier = try await withConnection(to: server.target(database: "postgres")) { connection in
                    try await connection.query("SELECT system_identifier::text FROM pg_control_system()")[0]
                        .need(at: 0, as: String.self)
                }
                for production in ["systemIdentifiers: ['\(identifier)']", "hosts: ['\(server.directory.socket)']"] {
                    let plan = try desk.plan(
                        try await Dumps.named("orchard.custom"),
                        "scratch: { server: '\(uri(server))' }\nproduction: { \(production) }")
                    let drilled = try await desk.drill(plan)
                    #expect(drilled.exitCode == 3)
                    #expect(drilled.report.verdict == .inconclusive)
                    #expect(drilled.report.cause == .environment)
                    #expect(drilled.complaints.contains("fences off"), "\(drilled.complaints)")
                    #expect(try await state(of: server) == before)
                }
            }
        }
    }

    /// The connection string names no host; the environment does.
    @Test func productionIsRefusedByWhereTheConnectionGoes() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                let socket = server.directory.socket
                let plan = try desk.plan(
                    try await Dumps.named("orchard.custom"),
                    """
                    scratch: { server: 'postgresql:///postgres?user=postgres' }
                    production: { hosts: ['\(socket)'] }
                    """)
                let drilled = try await desk.drill(plan, environment: ["PGHOST": socket.string])
                #expect(drilled.exitCode == 3)
                #expect(drilled.report.cause == .environment)
                #expect(drilled.complaints.contains("fences off"), "\(drilled.complaints)")
                #expect(!drilled.report.phases.contains { $0.name == "restore" })
                #expect(try await state(of: server) == before)
            }
        }
    }

    /// A database with a subscription cannot simply be dropped.
    @Test func aSubscriptionIsDroppedToo() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                let dump = try desk.script(
                    """
                    CREATE TABLE public.t (id integer);
                    INSERT INTO public.t VALUES (1);
                    CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=x' PUBLICATION p
                        WITH (connect = false, slot_name = 's');
                    """)
                let drilled = try await desk.drill(try desk.plan(dump, "scratch: { server: '\(uri(server))' }"))
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows == ["public.t": 1])
                #expect(drilled.report.cleanup.allSatisfy { $0.removed })
                #expect(try await state(of: server) == before)
            }
        }
    }

    @Test func cleanDropsWhatAKilledDrillLeftAndNothingElse() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let before = try await state(of: server)
                let plan = try desk.plan(
                    try await Dumps.named("slow.custom"), "scratch: { server: '\(uri(server))' }")
                let drill = try desk.start(desk.drilling(plan))
                #expect(try await drill.says("restore\n"))
                try await eventually("the drill has its database") { try await state(of: server) != before }

                // A living drill's database is not dropped.
                #expect(try await desk.pgassay(["clean", "--server", uri(server)]).output == "")
                drill.send(SIGKILL)
                _ = try await drill.outcome()
                try await withConnection(to: server.target(database: "postgres")) { connection in
                    // Its own children end with their statement; here nobody waits for that.
                    _ = try await connection.query(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname LIKE 'pgassay%'")
                    try await connection.execute("CREATE DATABASE pgassay_production")
                    try await connection.execute("CREATE DATABASE pgassay_0123abcd")
                }
                let others = ["database pgassay_0123abcd", "database pgassay_production"]
                let left = try await state(of: server).filter { !before.contains($0) && !others.contains($0) }
                #expect(left.count == 2)
                #expect(left.last == "role slow_owner", "the role that its dump names")
                let clean = try await desk.pgassay(["clean", "--server", uri(server)])
                #expect(clean.exitCode == 0, "\(clean.errors)")
                #expect(clean.output == left.map { "dropped  \($0)\n" }.joined())
                #expect(
                    try await state(of: server)
                        == (before + others).sorted())
            }
        }
    }

    /// A damaged archive can make pg_restore run code (CVE-2026-116314). This one only looks around.
    @Test func pgRestoreSeesNothingOfTheMachine() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let secret = try desk.file("secret", Array("secret".utf8))
                try #require(chmod(secret.string, 0o666) == 0)
                let postgres = try await desk.postgres(
                    replacing: "pg_restore", by: #"test -r '\#(secret)' && exit 9; exec "$real" "$@""#)
                let plan = try desk.plan(
                    try await Dumps.named("orchard.custom"), "scratch: { server: '\(uri(server))' }")
                let drilled = try await desk.drill(plan, environment: desk.only(postgres))
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.report.environment.isolation.contains { $0.contains("run behind: ") })
            }
        }
    }

    /// Over TCP, with a name for the server and a password from a file: the programs behind the walls see neither.
    @Test func aPasswordAndANetwork() async throws {
        try await SourceCluster.with { cluster in
            let port = Int.random(in: 20_000..<30_000)
            try await cluster.execute(
                "CREATE ROLE drill SUPERUSER LOGIN PASSWORD 'grapes'", "ALTER SYSTEM SET port = \(port)",
                "ALTER SYSTEM SET listen_addresses = '127.0.0.1'")
            let access = cluster.data.appending("pg_hba.conf")
            try Data("host all drill 127.0.0.1/32 scram-sha-256\n".utf8).write(to: URL(filePath: access.string))
            try await cluster.stop()
            try await cluster.start()
            try await withDesk { desk in
                let passwords = try desk.file("pgpass", Array("localhost:*:*:drill:grapes\n".utf8))
                try #require(chmod(passwords.string, 0o600) == 0)
                let plan = try desk.plan(
                    try await Dumps.named("orchard.custom"),
                    "scratch: { server: 'postgresql://drill@localhost:\(port)/postgres' }")
                let drilled = try await desk.drill(plan, environment: ["PGPASSFILE": passwords.string])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.report.cleanup.allSatisfy { $0.removed })
                #expect(!(drilled.outcome.output + drilled.outcome.errors).contains("grapes"))
            }
        }
    }

    @Test func aServerThatIsNotThereIsTheMachinesFault() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("orchard.custom"),
                "scratch: { server: 'postgresql:///postgres?host=\(desk.root)' }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 3)
            #expect(drilled.report.cause == .environment)
            let kept = try await desk.pgassay(desk.drilling(plan, ["--keep-scratch"]))
            #expect(kept.exitCode == 2)
            #expect(try await desk.pgassay(["clean", "--server", "host=\(desk.root)"]).exitCode == 3)
        }
    }

    private func uri(_ server: ScratchServer) -> String {
        "postgresql:///postgres?host=\(server.directory.socket)&user=postgres"
    }

    /// Its databases and roles.
    private func state(of server: ScratchServer) async throws -> [String] {
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.query(
                """
                SELECT 'database ' || datname FROM pg_database UNION ALL SELECT 'role ' || rolname FROM pg_roles
                """
            ).map { try $0.need(at: 0, as: String.self) }.sorted()
        }
    }
}
