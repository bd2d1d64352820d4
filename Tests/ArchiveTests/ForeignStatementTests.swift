import Archive
import ScannedScripts
import Testing

/// What pg_dump never writes, and what only looks like it.
@Suite(.keepsItsThread) struct ForeignStatementTests {
    @Test(arguments: [
        ("COPY t FROM PROGRAM 'sh';", "COPY … FROM PROGRAM", ForeignStatement.Kind.program),
        ("copy public.t (a, b) from /* x */ program 'sh';", "COPY … FROM PROGRAM", .program),
        ("COPY (SELECT 1) TO PROGRAM 'sh';", "COPY … TO PROGRAM", .program),
        ("COPY t TO PROGRAM 'sh';", "COPY … TO PROGRAM", .program),
        ("COPY t FROM '/etc/passwd';", "COPY … FROM a file", .serverFile),
        ("COPY t TO E'/tmp/x';", "COPY … TO a file", .serverFile),
        ("COPY t TO $$/tmp/x$$;", "COPY … TO a file", .serverFile),
        ("COPY t TO stdout;", "COPY", .other),
        ("ALTER SYSTEM SET archive_command = 'sh';", "ALTER SYSTEM", .settings),
        ("DO $$ BEGIN END $$;", "DO", .code), ("CALL p();", "CALL", .code), ("LOAD 'x';", "LOAD", .library),
        ("SELECT pg_read_file('x');", "a call of pg_read_file", .serverFile),
        ("SELECT pg_catalog.pg_read_file('x');", "a call of pg_read_file", .serverFile),
        ("SELECT \"pg_read_binary_file\" ('x');", "a call of pg_read_binary_file", .serverFile),
        ("SELECT lo_import('/etc/passwd');", "a call of lo_import", .serverFile),
        ("SELECT pg_catalog.setval('s', (SELECT lo_export(1, 'x')), true);", "a call of lo_export", .serverFile),
        ("WITH x AS (SELECT pg_ls_dir('.')) SELECT 1;", "a call of pg_ls_dir", .serverFile),
        ("INSERT INTO t SELECT pg_read_file('x');", "INSERT of anything but constants", .other),
        ("INSERT INTO t VALUES (pg_read_file('x'));", "INSERT of anything but constants", .other),
        ("INSERT INTO t (a) VALUES ('x') RETURNING a;", "INSERT of anything but constants", .other),
        ("SELECT now();", "SELECT", .other), ("SELECT 1;", "SELECT", .other),
        ("SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);", "SELECT", .other),
        ("SELECT * FROM public.setval('x');", "SELECT", .other),
        ("CREATE ROLE r SUPERUSER;", "CREATE ROLE", .other), ("DROP OWNED BY r;", "DROP OWNED", .other),
        ("DROP TABLESPACE x;", "DROP TABLESPACE", .other), ("GRANT a TO b;", "GRANT of a role", .other),
        ("CREATE TABLE t AS SELECT 1;", "CREATE TABLE … AS", .other),
        ("CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;", "CREATE SUBSCRIPTION that connects", .other),
        ("DELETE FROM t;", "DELETE", .other), ("TRUNCATE t;", "TRUNCATE", .other),
        ("UPDATE pg_constraint SET contype = 'x';", "UPDATE", .other), ("VACUUM;", "VACUUM", .other),
        ("secret-4711 is a row;", "no statement of SQL", .other), ("(SELECT 1);", "no statement of SQL", .other),
        // For psql it is one statement, for the server three.
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET begin.x = 1 AS 'SELECT 1'; COPY t FROM PROGRAM 'sh'; end;",
            "COPY … FROM PROGRAM", .program
        ),
    ])
    func areTold(_ statement: String, _ words: String, _ kind: ForeignStatement.Kind) {
        let foreign = Scanned(statement).statements.map(\.foreign)
        #expect(foreign.count == 1)
        #expect(foreign.first??.words == words)
        #expect(foreign.first??.kind == kind)
    }

    @Test(arguments: [
        "COPY public.t (a, \"program\") FROM stdin;", "COPY t WITH OIDS FROM stdin;",
        "COPY \"to\".\"from\" (a) FROM stdin;",
        "SELECT pg_catalog.set_config('search_path', '', false);", "SELECT pg_catalog.setval('public.s', 1, true);",
        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('t', 'id'), 1, true);",
        "SELECT pg_catalog.lo_create('16400');", "SELECT pg_catalog.lo_open('16400', 131072);",
        "SELECT pg_catalog.lo_open(pg_catalog.lo_create('16400'), 131072);",
        "SELECT pg_catalog.lowrite(0, '\\x636f7079');", "SELECT pg_catalog.lo_close(0);",
        "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '16400';",
        "INSERT INTO public.t VALUES (1, -2.5, 1e+20, NULL, true, 'DO $$', E'\\\\x', B'101');",
        "INSERT INTO public.t (a, \"select\") OVERRIDING SYSTEM VALUE VALUES ('x'), (DEFAULT) ON CONFLICT DO NOTHING;",
        "INSERT INTO public.t DEFAULT VALUES;", "BEGIN;", "COMMIT;", "RESET SESSION AUTHORIZATION;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY t FROM PROGRAM 'sh'; END $$;",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT pg_read_file('x'); DELETE FROM t; END;",
        "CREATE MATERIALIZED VIEW v AS SELECT pg_read_file('x') WITH NO DATA;", "REFRESH MATERIALIZED VIEW v;",
        "CREATE RULE r AS ON INSERT TO t DO INSTEAD (DELETE FROM a; DELETE FROM b);",
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = 's');",
        "CREATE USER MAPPING FOR u SERVER s;", "DROP USER MAPPING IF EXISTS FOR u SERVER s;",
        "CREATE TABLE t (a int GENERATED ALWAYS AS (1) STORED);", "ALTER TABLE t DISABLE TRIGGER ALL;",
        "COMMENT ON TABLE t IS 'COPY t FROM PROGRAM';", "GRANT ALL ON TABLE t TO u WITH GRANT OPTION;",
    ])
    func areNot(_ statement: String) {
        let statements = Scanned(statement).statements
        #expect(statements.count == 1)
        #expect(statements.first?.foreign == nil, "\(statements.first?.foreign?.words ?? "")")
    }

    /// Their functions write statistics as they come, and a table may be another one here.
    @Test(arguments: ["pg_restore_relation_stats", "pg_restore_attribute_stats", "pg_restore_extended_stats"])
    func statisticsArePassedOver(_ function: String) {
        let scanned = Scanned(
            """
            SELECT 1;
            SELECT * FROM pg_catalog.\(function)(
            \t'version', '180000'::integer, 'schemaname', 'public', 'most_common_vals', '{a;b}'::text,
            \t'most_common_freqs', '{0.5,0.5}'::real[]
            );
            """)
        #expect(scanned.events == [.statistics(line: 5)])
        #expect(scanned.statements.count == 1)
    }
}
