import Postgres
import Testing

/// What the server does not find, or the machine does not have.
extension Example {
    private static let oldAggregate =
        "CREATE AGGREGATE array_accum(anyarray) (SFUNC = array_cat, STYPE = anyarray, INITCOND = '{}');"

    /// An extension in a schema of its own. Each example has another, because a database has each only once.
    private static func making(extension name: String) -> String {
        "CREATE SCHEMA lab_of_\(name); CREATE EXTENSION \(name) SCHEMA lab_of_\(name);\n"
    }

    private static let asksForRole = """
        CREATE FUNCTION f(n text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n::regrole IS NOT NULL; END';

        """

    static let undefined = [
        script(
            "unknown-setting", "42704", "a setting that a function needs",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET setting_of_tomorrow = 1 AS 'SELECT 1';"),
        script(
            "role-lacked", "42704", "a role that a row names",
            "CREATE TABLE t (r regrole);\nCOPY t FROM stdin;\nnobody_at_all\n\\."),
        script(
            "role-lacked", "42704", "a role that an INSERT names",
            "CREATE TABLE t (r regrole);\nINSERT INTO t VALUES ('nobody_at_all');"),
        script(
            "role-lacked", "42704", "a role that a row of a materialized view names",
            """
            CREATE MATERIALIZED VIEW v AS SELECT t::regrole FROM (VALUES ('nobody_at_all')) AS x (t) WITH NO DATA;
            REFRESH MATERIALIZED VIEW v;
            """),
        script(
            "role-lacked", "42704", "a role that a row of privileges names",
            "CREATE TABLE t (a aclitem);\nCOPY t FROM stdin;\nnobody_at_all=r/nobody_at_all\n\\."),
        script(
            "role-lacked", "42704", "a role that a CHECK asks for",
            "\(asksForRole)CREATE TABLE t (n text CHECK (f(n)));\nCOPY t FROM stdin;\nnobody_at_all\n\\."),
        script(
            "role-lacked", "42704", "a role that an index asks for",
            "\(asksForRole)CREATE TABLE t (n text);\nINSERT INTO t VALUES ('nobody_at_all');\nCREATE INDEX ON t (f(n));"
        ),
        script(
            "role-lacked", "42704", "a role that a generated column asks for",
            "\(asksForRole)CREATE TABLE t (n text, g bool GENERATED ALWAYS AS (f(n)) STORED);\nCOPY t (n) FROM stdin;\nnobody_at_all\n\\."
        ),
        script(
            "role-lacked", "42704", "a role that a policy is for",
            "CREATE TABLE t (i int);\nCREATE POLICY p ON t TO nobody_at_all USING (true);"),
        script("of-the-server", "42704", "a tablespace", "CREATE TABLE t (i int) TABLESPACE nowhere;"),
        script("of-the-server", "42704", "a collation", #"CREATE TABLE t (x text COLLATE "xx_XX");"#),
        script("of-the-server", "42704", "an access method", "CREATE TABLE t (i int) USING columnar;"),
        script("of-the-server", "42704", "a language", "CREATE FUNCTION f() RETURNS int LANGUAGE plnone AS '1';"),
        script("of-the-server", "42704", "a foreign-data wrapper", "CREATE SERVER s FOREIGN DATA WRAPPER none_fdw;"),
        script(
            "key-lacked", "42830", "a key that a lack kept from being made",
            """
            \(lack)CREATE TABLE a (i int); CREATE TABLE b (i int);
            ALTER TABLE ONLY b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES a (i);
            """),
        script("undefined-lacked", "42704", "a type", "\(lack)CREATE TABLE t (g type_of_nobody);"),
        script("undefined-lacked", "42P01", "a table", "\(lack)ALTER TABLE nothing ENABLE ROW LEVEL SECURITY;"),
        script("undefined-newer", "42883", "array_cat of old", newerThanSource: true, oldAggregate),
        script("undefined", "42883", "a function that the dump does not make", oldAggregate),
        script(
            "catalogue-newer", "42P01", "a catalogue of old", newerThanSource: true,
            "CREATE VIEW v AS SELECT * FROM pg_catalog.pg_table_of_old;"),
        script(
            "named-without-schema", "42P01", "a table that a function names without its schema",
            """
            CREATE TABLE lab_open (n text); CREATE TABLE t (n text); INSERT INTO t VALUES ('a');
            CREATE FUNCTION f(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE SET search_path = ''
                AS 'BEGIN RETURN EXISTS (SELECT FROM lab_open WHERE n = $1); END';
            CREATE INDEX ON t (f(n));
            """),
        script(
            "named-without-schema", "42883", "an operator of another schema",
            """
            CREATE FUNCTION f(point, text) RETURNS bool LANGUAGE sql AS 'SELECT true';
            CREATE OPERATOR ~=~ (LEFTARG = point, RIGHTARG = text, FUNCTION = f); SET search_path = '';
            CREATE VIEW public.lab_v AS SELECT '(1,1)'::point ~=~ 'a'::text AS x;
            """),
        script(
            "made-later", "42P01", "a row that names what comes after it",
            """
            CREATE SCHEMA IF NOT EXISTS lab_later; CREATE TABLE n (r regclass);
            DROP TABLE IF EXISTS lab_later.t;
            COPY n FROM stdin;
            lab_later.t
            \\.
            CREATE TABLE lab_later.t (i int);
            """),
        script(
            "not-made", "42P01", "a view of a view that was not made",
            """
            -- Name: lab_w; Type: VIEW; Schema: public; Owner: -
            CREATE VIEW public.lab_w AS SELECT no_column FROM pg_catalog.pg_class;
            CREATE VIEW public.lab_x AS SELECT * FROM public.lab_w;
            """),
        script(
            "extension-version", "42883", "a function that another version of an extension may have",
            "\(making(extension: "cube"))CREATE VIEW v AS SELECT lab_of_cube.function_of_tomorrow('a');"),
        script(
            "extension-version", "42883", "arguments that another version of an extension may take",
            "\(making(extension: "ltree"))CREATE VIEW v AS SELECT lab_of_ltree.nlevel('2026-01-01'::date);"),
        script(
            "extension-version", "42704", "a type that another version of an extension may have",
            "\(making(extension: "seg"))CREATE TABLE t (h lab_of_seg.type_of_tomorrow);"),
        script(
            "undefined", "42P01", "a table, beside an extension",
            "\(making(extension: "isn"))CREATE VIEW v AS SELECT * FROM lab_of_isn.table_of_nobody;"),
        script("undefined", "42704", "a type that the dump does not make", "CREATE TABLE t (g type_of_nobody);"),
        script(
            "undefined", "42P01", "a table, on whatever server", newerThanSource: true,
            "ALTER TABLE nothing ENABLE ROW LEVEL SECURITY;"),
        script("undefined", "3F000", "a schema that the dump does not make", "CREATE TABLE nothing.t (i int);"),
        script("undefined", "42703", "a column", "CREATE TABLE t (i int);\nCREATE INDEX ON t (j);"),
    ]
}
