import Archive
import Findings
import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

/// What `pg_dumpall` and `pg_dump` of real servers write of several databases, as one backup.
@Suite struct DumpSetTests {
    /// Roles with everything that a role can have, and what hangs on them.
    private static func roles(_ major: Int) -> String {
        let since16 = major >= 16 ? "GRANT keeper TO app WITH INHERIT FALSE, SET FALSE;" : "GRANT keeper TO app;"
        return """
            CREATE ROLE app LOGIN PASSWORD 'hidden-secret' CONNECTION LIMIT 5 VALID UNTIL '2030-01-01';
            CREATE ROLE "Odd ""Role" CREATEDB; CREATE ROLE reader; CREATE ROLE keeper;
            GRANT reader TO app WITH ADMIN OPTION; GRANT pg_monitor TO reader; \(since16)
            SET ROLE app; GRANT reader TO "Odd ""Role"; RESET ROLE;
            ALTER ROLE app SET search_path TO "$user", public, 'My Schema'; ALTER ROLE app SET statement_timeout TO '1ms';
            ALTER ROLE app SET "app.key" TO 'a secret of a setting';
            COMMENT ON ROLE app IS 'it''s';
            """
    }

    private static let tablespace = """
        CREATE TABLESPACE fast OWNER app LOCATION ''; ALTER TABLESPACE fast SET (random_page_cost = 1.1);
        GRANT CREATE ON TABLESPACE fast TO reader
        """

    private static let shop = """
        CREATE TABLE t (i int PRIMARY KEY, note text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 30) i;
        ALTER TABLE t OWNER TO app; GRANT SELECT ON t TO reader; CREATE INDEX ON t (note) TABLESPACE fast;
        ALTER DATABASE shop OWNER TO app; ALTER DATABASE shop SET statement_timeout TO '1ms';
        ALTER ROLE app IN DATABASE shop SET work_mem TO '9MB'; GRANT CONNECT ON DATABASE shop TO reader;
        COMMENT ON DATABASE shop IS 'the shop';
        CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        -- PostgreSQL database dump
        RETURN 1; END $$
        """

    private static let farm = "CREATE TABLE f (\"Ä\" text); INSERT INTO f VALUES ('ü'), (NULL)"

    /// A server with all that, while `body` dumps it.
    private func withSource(
        _ major: Int, _ body: @Sendable (ScratchServer, Desk) async throws -> Void
    ) async throws {
        try await TestServer.lent(major: major) { server in
            try await withDesk { desk in
                func run(_ database: String, _ statements: String...) async throws {
                    try await withConnection(to: server.target(database: database)) { connection in
                        for statement in statements { try await connection.execute(statement) }
                    }
                }
                try await run("postgres", Self.roles(server.installation.version.major))
                try await withConnection(to: server.target(database: "postgres")) { connection in
                    try await connection.execute("SET allow_in_place_tablespaces = on")
                    for statement in Self.tablespace.split(separator: ";") {
                        try await connection.execute(String(statement))
                    }
                    try await connection.execute("CREATE DATABASE shop")
                    try await connection.execute(
                        "CREATE DATABASE \"my-farm's\" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
                }
                try await run("shop", Self.shop)
                try await run("my-farm's", Self.farm)
                try await run("postgres", "CREATE TABLE note (i int)", "INSERT INTO note VALUES (1)")
                let result: Result<Void, any Error>
                do { result = .success(try await body(server, desk)) } catch { result = .failure(error) }
                try await run(
                    "postgres", "DROP TABLE note", "DROP DATABASE shop WITH (FORCE)", "DROP TABLESPACE fast",
                    "DROP ROLE \"Odd \"\"Role\"")
                try result.get()
            }
        }
    }

    private func dump(
        _ program: String, of server: ScratchServer, _ arguments: [String], to file: FilePath
    ) async throws {
        let outcome = try await Program(server.installation.program(program)).run(
            ["-h", server.directory.socket.string, "-U", "postgres", "-f", file.string] + arguments, in: "/",
            // A setting of the database gives each of its statements a millisecond.
            environment: ["PATH": "/usr/bin:/bin", "PGOPTIONS": "-c statement_timeout=0"])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }

    private func expectWhole(_ drilled: Drilled, _ desk: Desk, _ databases: [String]) throws {
        #expect(drilled.complaints == "")
        #expect(drilled.exitCode == 0)
        #expect(drilled.report.backup.databases == databases)
        #expect(drilled.rows["public.t"] == 30)
        #expect(drilled.rows["public.f"] == 2)
        let globals = drilled.findings("globals")
        #expect(globals.allSatisfy { $0.status == .passed }, "\(globals)")
        #expect(
            Set(globals.map(\.subject)).isSuperset(of: [
                "roles", "memberships", "tablespaces", "settings of roles and databases",
            ]))
        #expect(globals.first { $0.subject == "roles" }?.observed == "5")
        #expect(drilled.report.checks.contains { $0.hazard == true } == false)
        try desk.expectNowhere("hidden-secret", drilled)
        try desk.expectNowhere("SCRAM-SHA-256", drilled)
        try desk.expectNowhere("a secret of a setting", drilled)
    }

    @Test(arguments: [15, 18]) func comeBackWhole(_ major: Int) async throws {
        try await withSource(major) { server, desk in
            let script = desk.root.appending("all.sql")
            try await dump("pg_dumpall", of: server, [], to: script)
            try expectWhole(try await desk.drill(script), desk, ["my-farm's", "postgres", "shop"])

            let night = desk.root.appending("night")
            try FileManager.default.createDirectory(atPath: night.string, withIntermediateDirectories: false)
            try await dump("pg_dumpall", of: server, ["--globals-only"], to: night.appending("globals.sql"))
            try await dump("pg_dump", of: server, ["-Fc", "shop"], to: night.appending("shop.dump"))
            try await dump("pg_dump", of: server, ["-Fd", "my-farm's"], to: night.appending("farm"))
            try await dump("pg_dump", of: server, ["-Fp", "postgres"], to: night.appending("postgres.sql"))
            try FileManager.default.removeItem(atPath: desk.reports.string)
            try expectWhole(try await desk.drill(night), desk, ["my-farm's", "postgres", "shop"])
        }
    }
}
