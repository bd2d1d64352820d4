import Postgres
import Sample
import Testing

/// What the server says to the statements of a backup.
extension Example {
    static let lack = "CREATE EXTENSION an_extension_of_nobody;\n"

    static func script(
        _ rule: String, _ says: String, _ reason: String, newerThanSource: Bool = false, sortsDifferently: Bool = false,
        rolesMade: Set<String> = [], _ sql: String
    ) -> Example {
        Example(rule, says, reason) {
            try await $0.restoring(
                sql, newerThanSource: newerThanSource, sortsDifferently: sortsDifferently, rolesMade: rolesMade)
        }
    }

    static let restoring = harmless + rows + values + undefined + machine

    private static let harmless = [
        script(
            "of-extension", "42710", "a type that this version of an extension makes itself",
            "CREATE EXTENSION hstore;\nCREATE TYPE hstore AS ENUM ('a');"),
        script(
            "of-extension", "42703", "a column of an extension's view that this version does not have",
            """
            CREATE SCHEMA lab_of_buffers; CREATE EXTENSION pg_buffercache SCHEMA lab_of_buffers;
            -- Name: v; Type: VIEW; Schema: public; Owner: -
            CREATE VIEW v AS SELECT column_of_tomorrow FROM lab_of_buffers.pg_buffercache;
            """),
        script("drops-nothing", "42P01", "a table", "DROP TABLE nothing;"),
        script("drops-nothing", "42704", "a type", "DROP TYPE nothing;"),
        script("drops-nothing", "42883", "a function", "DROP FUNCTION nothing();"),
        script("drops-nothing", "3F000", "a schema", "DROP SCHEMA nothing;"),
        script(
            "drops-nothing", "42704", "a view that is emptied first",
            "CREATE OR REPLACE VIEW v AS\nSELECT\n    NULL::type_of_nobody AS a;"),
        script("drops-nothing", "42704", "a large object", "SELECT pg_catalog.lo_unlink('4711');"),
        script("behind-end", "42601", "half a statement", "\n-- PostgreSQL database dump complete\nsession closed;"),
        script("drops-nothing", "42P01", "a constraint", "ALTER TABLE ONLY nothing DROP CONSTRAINT k;"),
        script("in-every-database", "42P06", "the schema public", "CREATE SCHEMA public;"),
        script("in-every-database", "42710", "the language of the house", "CREATE EXTENSION plpgsql;"),
        script("role-made", "42710", "a role", rolesMade: ["ada"], "CREATE ROLE ada;\nCREATE ROLE ada;"),
        script("session-setting", "42704", "a setting of tomorrow", "SET timeout_of_tomorrow = 0;"),
        script("no-role", "42704", "an owner", "CREATE TABLE t (i int);\nALTER TABLE t OWNER TO nobody_at_all;"),
    ]

    private static let rows = [
        script(
            "orphans", "23503", "a child without its parent",
            """
            CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int); INSERT INTO b VALUES (1);
            ALTER TABLE ONLY b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES a;
            """),
        script(
            "rows-twice", "23505", "a row twice",
            "CREATE TABLE a (i int); INSERT INTO a VALUES (1), (1); CREATE UNIQUE INDEX ON a (i);"),
        script(
            "sorted-differently", "23514", "a row that does not fit its partition",
            sortsDifferently: true,
            """
            CREATE TABLE a (t text) PARTITION BY RANGE (t);
            CREATE TABLE p PARTITION OF a FOR VALUES FROM ('a') TO ('n');
            INSERT INTO p VALUES ('z');
            """),
        script(
            "rows-break-constraint", "23514", "the same, where text is sorted alike",
            """
            CREATE TABLE a (t text) PARTITION BY RANGE (t);
            CREATE TABLE p PARTITION OF a FOR VALUES FROM ('a') TO ('n');
            INSERT INTO p VALUES ('z');
            """),
        script(
            "rows-break-constraint", "23514", "a check, though text is sorted differently", sortsDifferently: true,
            "CREATE TABLE a (i int CHECK (i > 0)); INSERT INTO a VALUES (0);"),
        script(
            "rows-break-constraint", "23514", "a check of text that asks no locale", sortsDifferently: true,
            "CREATE TABLE not_empty (t text CHECK (t <> '')); INSERT INTO not_empty VALUES ('');"),
        script(
            "rows-break-constraint", "23514", "a check of letters, where the locale is the source's",
            "CREATE TABLE word (t text CHECK (t ~ '^[[:alpha:]]+$')); INSERT INTO word VALUES ('1');"),
        script(
            "asks-the-locale", "23514", "a check that asks what a letter is", sortsDifferently: true,
            "CREATE TABLE letters (t text CHECK (t ~ '^[[:alpha:]]+$')); INSERT INTO letters VALUES ('1');"),
        script(
            "asks-the-locale", "23514", "a check of two texts' order", sortsDifferently: true,
            "CREATE TABLE pair (lo text, hi text, CHECK (lo < hi)); INSERT INTO pair VALUES ('a', 'B');"),
        script(
            "asks-the-locale", "23514", "a domain of small letters, by a function", sortsDifferently: true,
            """
            CREATE FUNCTION is_small(text) RETURNS bool LANGUAGE sql AS 'SELECT lower($1) = $1';
            CREATE DOMAIN small AS text CHECK (is_small(VALUE)); CREATE TABLE a (t small); INSERT INTO a VALUES ('A');
            """),
        script(
            "asks-the-locale", "23505", "one text by its small letters", sortsDifferently: true,
            "CREATE TABLE a (t text); INSERT INTO a VALUES ('A'), ('a'); CREATE UNIQUE INDEX ON a (lower(t));"),
        script(
            "bounds-sorted", "22000", "a range of texts", sortsDifferently: true,
            "CREATE TYPE span AS RANGE (subtype = text); CREATE TABLE a (s span); INSERT INTO a (s) VALUES ('[b,a]');"),
        script(
            "asks-the-server", "23514", "a check that cuts a time into days",
            """
            CREATE TABLE visit (at timestamptz, day date, CHECK (at::date = day));
            INSERT INTO visit VALUES ('2026-01-01 12:00:00+00', '2026-02-01');
            """),
        script(
            "asks-the-server", "23514", "a check that reads a text as a time",
            "CREATE TABLE written (d text, CHECK (d::date > '2000-01-01')); INSERT INTO written VALUES ('1999-12-31');"),
        script(
            "rows-break-constraint", "23514", "a check of a day",
            "CREATE TABLE day (d date CHECK (d > '2000-01-01')); INSERT INTO day VALUES ('1999-12-31');"),
        script(
            "rows-break-constraint", "23502", "nothing where something must be",
            "CREATE TABLE a (i int NOT NULL); INSERT INTO a VALUES (NULL);"),
        script(
            "rows-break-constraint", "23P01", "rows that exclude each other",
            """
            CREATE TABLE a (r int4range, EXCLUDE USING gist (r WITH &&));
            INSERT INTO a VALUES ('[1,3]'), ('[2,4]');
            """),
        script(
            "asks-the-server", "23514", "a check that looks for a role",
            """
            CREATE FUNCTION is_known(text) RETURNS bool LANGUAGE sql
                AS 'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)';
            CREATE TABLE of_known (n text CHECK (is_known(n))); INSERT INTO of_known VALUES ('nobody_at_all');
            """),
        script(
            "asks-the-server", "23505", "a unique index that looks for a role",
            """
            CREATE FUNCTION how_many(text) RETURNS bigint LANGUAGE sql IMMUTABLE
                AS 'SELECT count(*) FROM pg_roles WHERE rolname = $1';
            CREATE TABLE a (n text); INSERT INTO a VALUES ('nobody_at_all'), ('nobody_else');
            CREATE UNIQUE INDEX ON a (how_many(n));
            """),
        script(
            "asks-the-clock", "23514", "a check that looks at the clock",
            "CREATE TABLE to_come (t timestamptz CHECK (t > now())); INSERT INTO to_come VALUES ('2020-01-01');"),
        script(
            "asks-the-clock", "23514", "a domain that looks at the day",
            "CREATE DOMAIN tomorrow AS date CHECK (VALUE > CURRENT_DATE); CREATE TABLE a (t tomorrow); INSERT INTO a VALUES ('2020-01-01');"
        ),
        script(
            "asks-other-rows", "23514", "a check that looks at another table",
            """
            CREATE TABLE lab_states (n text);
            CREATE FUNCTION is_state(text) RETURNS bool LANGUAGE sql
                AS 'SELECT EXISTS (SELECT FROM lab_states WHERE n = $1)';
            CREATE FUNCTION has_state(text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN is_state($1); END';
            CREATE TABLE of_state (n text CHECK (has_state(n))); INSERT INTO of_state VALUES ('open');
            """),
        script(
            "rows-break-constraint", "23514", "a check of the row alone that reads like a query",
            "CREATE TABLE of_letter (n text CHECK (substring(n from 1 for 1) IS NOT DISTINCT FROM 'a')); INSERT INTO of_letter VALUES ('b');"
        ),
        script(
            "key-not-made", "42830", "a key that rows kept from being made",
            """
            CREATE TABLE a (i int); INSERT INTO a VALUES (1), (1); CREATE TABLE b (i int);
            ALTER TABLE ONLY a ADD CONSTRAINT p PRIMARY KEY (i);
            ALTER TABLE ONLY b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES a (i);
            """),
    ]

    private static let values = [
        script(
            "bad-encoding", "22021", "bytes that are no text",
            "CREATE TABLE t (x text);\nCOPY t FROM stdin;\n\\xff\n\\."),
        script("rows-cut", "22P04", "half a row", "CREATE TABLE t (x text, y text);\nCOPY t FROM stdin;\none\n\\."),
        script("bad-value", "22P02", "not a valid number", "CREATE TABLE t (i int);\nCOPY t FROM stdin;\none\n\\."),
        script("bad-value", "22003", "a number too large", "CREATE TABLE t (i int2);\nCOPY t FROM stdin;\n99999\n\\."),
        script(
            "bad-value", "22008", "a day that never was",
            "CREATE TABLE t (d date);\nCOPY t FROM stdin;\n2026-02-30\n\\."),
        script(
            "money", "22P02", "money as it is written elsewhere",
            "CREATE TABLE t (m money);\nCOPY t FROM stdin;\n1.234,56 €\n\\."),
        script(
            "values-by-order", "42804", "a child whose parent got a column later, as an INSERT without columns",
            """
            CREATE TABLE p (a int, c bool); CREATE TABLE k (b int) INHERITS (p);
            INSERT INTO k VALUES (1, 2, true);
            """),
        script(
            "values-by-order", "22P02", "the same with a text where a number should be",
            """
            CREATE TABLE p (a int, c int); CREATE TABLE k ("b (odd" text) INHERITS (p);
            INSERT INTO k VALUES (1, 'two', 3);
            """),
        script(
            "bad-value", "22P02", "not a valid number, in an INSERT that names its columns",
            "CREATE TABLE t (i int);\nINSERT INTO t (i) VALUES ('one');"),
        script(
            "view-query", "22012", "a division by zero in the query of a view",
            """
            CREATE TABLE t (i int); INSERT INTO t (i) VALUES (0);
            CREATE MATERIALIZED VIEW v AS SELECT 1 / i AS q FROM t WITH NO DATA;
            REFRESH MATERIALIZED VIEW v;
            """),
        script(
            "function-fails", "22012", "in a generated column",
            """
            CREATE FUNCTION f(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1 / i; END';
            CREATE TABLE t (i int, q int GENERATED ALWAYS AS (f(i)) STORED);
            INSERT INTO t VALUES (0);
            """),
        script(
            "function-fails", "22012", "in an index",
            """
            CREATE FUNCTION f(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1 / i; END';
            CREATE TABLE t (i int); INSERT INTO t (i) VALUES (0);
            CREATE INDEX at ON t (f(i));
            """),
        script(
            "asks-the-server", "22012", "in a generated column, over roles",
            """
            CREATE FUNCTION f(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE
                AS 'BEGIN RETURN i / (SELECT count(*) FROM pg_roles WHERE rolname = ''a_role_of_the_source''); END';
            CREATE TABLE t (i int, q int GENERATED ALWAYS AS (f(i)) STORED);
            INSERT INTO t (i) VALUES (1);
            """),
        script(
            "no-value", "22023", "the provider of a security label",
            "CREATE TABLE t (i int);\nSECURITY LABEL FOR anon ON COLUMN t.i IS 'MASKED';"),
        script("no-tablespace", "22023", "a tablespace, in a plain dump", "SET default_tablespace = nowhere;"),
        Example("no-tablespace", "22023", "a tablespace, in an archive") { lab in
            let target = try await lab.database()
            try await withConnection(to: target) { connection in
                for statement in [
                    "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE shelf LOCATION ''",
                    "CREATE TABLE t (i int) TABLESPACE shelf",
                ] { _ = try await connection.query(statement) }
            }
            let dump = lab.newFile()
            try await Sample.dump(try #require(target.database), of: lab.server, format: .custom, to: dump)
            try await withConnection(to: target) { connection in
                for statement in ["DROP TABLE t", "DROP TABLESPACE shelf"] { _ = try await connection.query(statement) }
            }
            return try await lab.pgRestore(dump)
        },
        script("setting-not-here", "22023", "an access method", "SET default_table_access_method = columnar;"),
        script(
            "setting-not-here", "22023", "a time zone",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET timezone = 'Nowhere/Land' AS 'SELECT 1';"),
        script(
            "setting-not-here", "22023", "a parameter of a table",
            "CREATE TABLE t (i int) WITH (parameter_of_tomorrow = 1);"),
        script("created-twice", "42P07", "a table", "CREATE TABLE t (i int);\nCREATE TABLE t (i int);"),
        script("created-twice", "42701", "a column", "CREATE TABLE t (i int, i int);"),
        script(
            "created-twice", "42710", "a role that was not made for the drill", "CREATE ROLE eve;\nCREATE ROLE eve;"),
        script("syntax", "42601", "half a statement", "CREATE TABLE t (i int, );"),
        script("syntax", "42601", "half a DROP", "DROP TABLE ;"),
        script("syntax", "42601", "a row whose COPY line is lost", "CREATE TABLE t (i int, j int);\none two;\n\\."),
        script(
            "rows-kept-out", "23503", "a key to rows that were not loaded",
            """
            \(keepOut)CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int); INSERT INTO b VALUES (1);
            ALTER TABLE b ADD FOREIGN KEY (i) REFERENCES a;
            """),
        script(
            "rows-kept-out", "23503", "a key to rows whose COPY the server refused",
            """
            \(lack)CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int); INSERT INTO b VALUES (1);
            COPY a (i, column_of_nobody) FROM stdin;
            1\t2
            \\.
            ALTER TABLE b ADD FOREIGN KEY (i) REFERENCES a;
            """),
        script(
            "rows-kept-out", "23503", "a key to rows whose INSERT the server refused",
            """
            \(lack)CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int); INSERT INTO b VALUES (1);
            INSERT INTO a (i, column_of_nobody) VALUES (1, 2);
            ALTER TABLE b ADD FOREIGN KEY (i) REFERENCES a;
            """),
        script("values-kept-out", "22012", "a view of rows that were not loaded", "\(keepOut)SELECT 1 / 0;"),
        script("syntax-newer", "42601", "words that it knows no more", newerThanSource: true, "CREATE OF_OLD t;"),
    ]

    /// Something that the machine did not do to its end, rows of the backup perhaps.
    private static let keepOut = "SET statement_timeout = '10ms';\nSELECT pg_sleep(5);\nRESET statement_timeout;\n"

    private static let machine = [
        script(
            "not-allowed", "42501", "a role that may not",
            "CREATE ROLE weak;\nSET ROLE weak;\nCREATE TABLE public.w (i int);"),
        script("not-installed", "0A000", "an extension", lack),
        script(
            "not-installed", "58P01", "a library",
            "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '$libdir/library_of_nobody', 'f';"),
        script(
            "file-lost", "58P01", "a file of the server's own",
            "CREATE TABLE t (x text);\nCOPY t FROM 'base/1/4711471147';"),
        // What the kernel says of a full disk, it says of this one at any time.
        script("disk-full", "53100", "a full disk", "COPY (SELECT generate_series(1, 99999)) TO '/dev/full';"),
        script("cancelled", "57014", "a time limit", "SET statement_timeout = 50;\nSELECT pg_sleep(9);"),
        script("server-gone", "57P01", "somebody ends the session", "SELECT pg_terminate_backend(pg_backend_pid());"),
        script(
            "resources", "53400", "too large a temporary file",
            "SET temp_file_limit = '64kB';\nSET work_mem = '64kB';\nCREATE TABLE t AS SELECT i FROM generate_series(1, 99999) i ORDER BY 1 - i;"
        ),
        script("resources", "54000", "too long a text", "SELECT repeat('x', 1073741823);"),
        script("own-code", "P0001", "an exception", "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$;"),
        script("internal", "XX000", "a mistake within the server", "SELECT array_in('{1}', 0, -1);"),
        // Its first page is never there to be read.
        script("internal", "58030", "an I/O error", "CREATE TABLE t (x text);\nCOPY t FROM '/proc/self/mem';"),
        script("unknown", "42804", "types that do not fit", "CREATE TABLE t (i int DEFAULT current_date);"),
        script(
            "program-server-gone", "connection to server was lost", "the restore is left alone",
            "SELECT pg_terminate_backend(pg_backend_pid());\nSELECT 1;"),
        Example("in-the-way", "55P03", "a lock that somebody holds") { lab in
            try await lab.whileLocked { table in
                try await lab.restoring("SET lock_timeout = 50;\nALTER TABLE \(table) ADD COLUMN j int;")
            }
        },
    ]
}
