import Foundation
import TestSupport
import Testing

/// What a hostile dump tries, and has never got. docs/security-held.md says which test holds what.
@Suite struct HeldTests {
    /// The dump of a small healthy database, with statements of somebody else's at its end, or before its tables.
    private func drill(
        _ statements: String, atBeginning: Bool = false, _ body: (Drilled) async throws -> Void
    ) async throws {
        try await withDesk { desk in
            var script = String(decoding: try await Dumps.bytes("orchard.plain"), as: UTF8.self)
            let place = try #require(
                script.range(of: atBeginning ? "\nCREATE TABLE public." : "\n--\n-- PostgreSQL database dump complete"))
            script.insert(contentsOf: "\n\(statements)\n", at: place.lowerBound)
            let drilled = try await desk.drill(try desk.file("dump.sql", script))
            #expect(drilled.outcome.peakMemory < 300 << 20)
            try await body(drilled)
        }
    }

    private static let rows: [String: Int64] = ["public.growers": 50, "public.plots": 200, "public.readings": 3000]

    /// It may fail the drill, or keep it from a result. It may not make it pass with other rows, nor leave anything.
    @Test(
        arguments: [
            ("removes every account", "ALTER ROLE postgres NOLOGIN; ALTER ROLE postgres CONNECTION LIMIT 0"),
            (
                "preloads what is not there",
                "ALTER SYSTEM SET session_preload_libraries = 'nothing'; ALTER SYSTEM SET local_preload_libraries = 'nothing'; "
                    + "SELECT pg_reload_conf()"
            ),
            ("kills all it can", "COPY public.readings FROM PROGRAM 'kill -9 -1'"),
            ("removes the data", "COPY public.readings FROM PROGRAM 'rm -rf base global pg_wal'"),
            ("removes the socket", "COPY public.readings FROM PROGRAM 'rm -rf ../socket/.s.PGSQL.* ../socket'"),
            ("ends all sessions", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"),
        ])
    func aServerThatIsTurnedAgainstTheDrill(_ what: String, _ statements: String) async throws {
        try await drill(statements + ";") { drilled in
            #expect([1, 3].contains(drilled.exitCode) || drilled.exitCode == 0 && drilled.rows == Self.rows, "\(what)")
        }
    }

    /// Functions and operators of the database that look like PostgreSQL's own are not called.
    @Test func shadows() async throws {
        let functions = [
            "count(anyelement) RETURNS bigint", "max(anyelement) RETURNS text", "isfinite(timestamptz) RETURNS boolean",
            "jsonb_hash_extended(jsonb, bigint) RETURNS bigint", "quote_ident(text) RETURNS text",
            "format(text, text) RETURNS text", "texteq(text, text) RETURNS boolean",
        ].map {
            "CREATE FUNCTION public.\($0) LANGUAGE plpgsql AS $$ BEGIN RAISE 'somebody else''s code'; END $$;"
        }
        let others = [
            "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.texteq);",
            "CREATE TABLE public.pg_class (relname text, oid int); CREATE TABLE public.pg_attribute (attname text);",
            "ALTER DATABASE \(Self.database) SET search_path = public, pg_catalog;",
        ]
        try await drill((functions + others).joined(separator: "\n")) { drilled in
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.rows.filter { Self.rows[$0.key] != nil } == Self.rows)
        }
    }

    /// The restored database has a name of ours, which a plain dump can learn.
    private static let database = "restored"

    @Test func noticesAndLinesWithoutAnEnd() async throws {
        let shout = """
            CREATE FUNCTION pg_temp.shout() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                FOR i IN 1..100000 LOOP RAISE WARNING 'of no interest %', repeat('x', 100); END LOOP;
            END $$;
            SELECT pg_temp.shout();
            """
        try await drill(shout + String(repeating: "\n", count: 3_000_000)) { drilled in
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
        }
    }

    /// What the account of the server may not read, it does not read.
    @Test func filesOfTheMachine() async throws {
        let read = """
            CREATE TABLE public.read (line text);
            CREATE FUNCTION pg_temp.try(file text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                EXECUTE format('COPY public.read FROM %L', file);
            EXCEPTION WHEN OTHERS THEN NULL; END $$;
            SELECT pg_temp.try('/etc/shadow'), pg_temp.try('/root/.bashrc'), pg_temp.try('/proc/1/environ');
            CREATE FUNCTION pg_temp.check() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                IF EXISTS (SELECT FROM public.read) THEN RAISE 'something was read'; END IF;
            END $$;
            SELECT pg_temp.check();
            """
        try await drill(read) { drilled in
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
        }
    }
}
