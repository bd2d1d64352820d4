import Archive
import Foundation
import Synchronization
import SystemPackage
import Testing

/// Real dumps of databases with all sorts of oddities, each made when it is first asked for.
enum Corpus {
    private struct State {
        var hasDatabases = false
        var dumps: [[String]: String] = [:]
        var directory: String?
    }

    private static let state = Mutex(State())

    /// Where a dump made by `installation`'s pg_dump with these options is. Tests must not change it.
    static func dump(_ installation: Installation, _ options: String..., database: String = "odd") throws -> String {
        try dump(installation, options, database: database)
    }

    static func dump(_ installation: Installation, _ options: [String], database: String = "odd") throws -> String {
        try state.withLock { state in
            if !state.hasDatabases {
                try create()
                state.hasDatabases = true
            }
            let directory = try state.directory ?? makeTemporaryDirectory()
            state.directory = directory
            let key = ["\(installation.major)", database] + options
            if let known = state.dumps[key] { return known }
            let path = "\(directory)/\(state.dumps.count)"
            let program = database == "*" ? "pg_dumpall" : "pg_dump"
            try installation.run(program, options + ["-f", path] + (database == "*" ? [] : [database]))
            state.dumps[key] = path
            atexit(removeCorpus)
            return path
        }
    }

    fileprivate static func remove() {
        state.withLock { state in
            if let directory = state.directory { try? FileManager.default.removeItem(atPath: directory) }
            state.directory = nil
        }
    }

    /// The name of a table with everything in it that makes trouble.
    static let oddTable = "t. \"x\" é\nnl; Type: TABLE"
    static let oddSchema = "we.ird \"S"
    static let oddRole = "Odd \"role"

    private static func create() throws {
        let server = Installation.all[0]
        for database in ["odd", "latin", "indexed", "small"] {
            try server.run("psql", ["-Xqc", "CREATE DATABASE \(database)", "postgres"])
        }
        try server.run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", "odd"], input: Array(odd.utf8))
        try server.run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", "latin"], input: Array(latin.utf8))
        try server.run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", "indexed"], input: Array(indexed.utf8))
        try server.run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", "small"], input: Array(small.utf8))
    }

    private static let odd = #"""
        CREATE ROLE "Odd ""role"; CREATE ROLE alice; CREATE ROLE bob; CREATE ROLE carol;
        CREATE SCHEMA "we.ird ""S";
        CREATE TABLE public.a (id int PRIMARY KEY, t text, b bytea);
        INSERT INTO a
            SELECT g, 'row ' || g || E'\t nl\n back\\ \\. ' || repeat('x', g % 50), decode(md5(g::text), 'hex')
            FROM generate_series(1, 500) g;
        INSERT INTO a VALUES (0, E'\\.\n\\.\n-- x\n\\! echo no\n$$ '' " /* ', NULL), (-1, '', ''), (-2, '名前 😀', NULL);
        CREATE TABLE "we.ird ""S"."t. ""x"" é
        nl; Type: TABLE" (a int, "b; c" int, PRIMARY KEY (a, "b; c"));
        CREATE TABLE fk (x int, y int, z int REFERENCES a (id));
        ALTER TABLE fk ADD CONSTRAINT "fk, ""odd"".n" FOREIGN KEY (x, y) REFERENCES "we.ird ""S"."t. ""x"" é
        nl; Type: TABLE" (a, "b; c") MATCH FULL ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID;
        CREATE TABLE no_columns (); INSERT INTO no_columns DEFAULT VALUES; INSERT INTO no_columns DEFAULT VALUES;
        CREATE TABLE no_rows (x int);
        CREATE TABLE "名前" (x int); INSERT INTO "名前" VALUES (1);
        CREATE TABLE parts (k int, v text) PARTITION BY RANGE (k);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10); INSERT INTO parts VALUES (1, 'x');
        ALTER TABLE parts ADD PRIMARY KEY (k), ADD CONSTRAINT parts_fk FOREIGN KEY (k) REFERENCES a (id);
        CREATE TABLE hashed (k int) PARTITION BY HASH (k);
        CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        INSERT INTO hashed SELECT generate_series(1, 10);
        CREATE SEQUENCE numbers; SELECT nextval('numbers');
        GRANT SELECT ON a TO alice; GRANT UPDATE (t) ON a TO "Odd ""role" WITH GRANT OPTION;
        GRANT SELECT ON fk TO PUBLIC;
        ALTER DEFAULT PRIVILEGES FOR ROLE bob IN SCHEMA public GRANT SELECT ON TABLES TO alice;
        ALTER TABLE a ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON a FOR SELECT TO carol, "Odd ""role" USING (id > 3);
        ALTER TABLE fk OWNER TO bob;
        SELECT lo_from_bytea(0, 'hello'), lo_from_bytea(0, '');
        SELECT lo_from_bytea(4000000001, decode(repeat('ab', 20000), 'hex'));
        CREATE FUNCTION f() RETURNS int LANGUAGE sql
            BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
        CREATE FUNCTION g() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN $$ \! echo ; -- $$ || '\'; END $f$;
        CREATE RULE r AS ON INSERT TO fk DO ALSO (DELETE FROM a WHERE id = -10; DELETE FROM a WHERE id = -20);
        CREATE VIEW v AS SELECT 'a;b\' AS x, E'c\\''d' AS y, (ARRAY[1, 2])[1:2] AS z;
        COMMENT ON DATABASE odd IS 'it''s \odd'; ALTER DATABASE odd SET work_mem = '5MB';
        COMMENT ON TABLE a IS E'two\nlines \\! echo';
        GRANT CONNECT ON DATABASE odd TO alice;
        CREATE MATERIALIZED VIEW mv AS SELECT * FROM a WHERE id < 5;
        """#

    private static let indexed = """
        CREATE TABLE documents (at timestamptz, words tsvector); CREATE INDEX documents_at ON documents (at);
        INSERT INTO documents VALUES (now(), 'word'); CREATE INDEX documents_words ON documents USING gin (words);
        CREATE TABLE pages (n int, words tsvector) PARTITION BY RANGE (n);
        CREATE TABLE pages_1 PARTITION OF pages FOR VALUES FROM (0) TO (10); INSERT INTO pages VALUES (1, 'word');
        CREATE INDEX pages_words ON pages USING gin (words);
        """

    private static let small = """
        CREATE TABLE a (n int, t text); INSERT INTO a SELECT g, 'row ' || g FROM generate_series(1, 20) g;
        CREATE TABLE b (x int, y int, z int); INSERT INTO b VALUES (1, 2, 3); SELECT lo_from_bytea(4711, 'contents');
        """

    private static let latin = #"""
        CREATE TABLE "Äpfel" ("Größe" int, name text); INSERT INTO "Äpfel" VALUES (1, 'süß');
        CREATE ROLE "Jürgen"; ALTER TABLE "Äpfel" OWNER TO "Jürgen";
        CREATE TABLE "ÿ" (x int);
        """#
}

private func removeCorpus() {
    Corpus.remove()
}
