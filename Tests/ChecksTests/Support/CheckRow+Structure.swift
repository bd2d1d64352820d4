import Findings

@testable import Checks
@testable import Restore

extension CheckRow {
    static let structure = [
        row("the same, printed in another way", definitionOfATable, table, nil, "1 object"),
        row(
            "IN with varchar, which no server prints again as it read it",
            object(
                "t", "TABLE",
                """
                CREATE TABLE public.t (
                    i integer, x character varying DEFAULT 'a'::character varying,
                    CONSTRAINT t_x_check CHECK (((x)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))
                );
                """),
            """
            CREATE TABLE t (i int, x varchar DEFAULT 'a', CHECK (x::text = ANY (ARRAY['a'::varchar::text, 'b'::varchar::text])))
            """, nil, "1 object"),
        row(
            "a type in other words", object("t", "TABLE", "CREATE TABLE public.t (i int4, x varchar DEFAULT 'a');"),
            table, nil, "1 object"),
        row(
            "another view",
            object("v", "VIEW", "CREATE VIEW public.v AS\n SELECT i\n   FROM public.t;", after: definitionOfATable),
            table + "CREATE VIEW v AS SELECT i FROM t WHERE i > 0", "VIEW public.v",
            "… t.i from public.t where (t.i > 0)", expected: "… t.i from public.t"),
        row(
            "a column without its default", definitionOfATable, "CREATE TABLE t (i int, x varchar)", "TABLE public.t",
            "create table public.t (i integer, x character varying)",
            expected: "create table public.t (i integer, x character varying default '…':: …"),
        row(
            "another default", definitionOfATable, "CREATE TABLE t (i int, x varchar DEFAULT 'secret')",
            "TABLE public.t",
            "… i integer, x character varying default '…'::character varying) (with another text in quotes)",
            expected: "… i integer, x character varying default '…'::character varying)"),
        row(
            "a policy without its condition",
            object("t p", "POLICY", "CREATE POLICY p ON public.t USING ((i > 0));", after: definitionOfATable),
            table + "CREATE POLICY p ON t", "POLICY public.t p", "create policy p on public.t",
            expected: "create policy p on public.t using ((i > 0))"),
        row(
            "a statistics target is lost",
            definitionOfATable + "ALTER TABLE ONLY public.t ALTER COLUMN i SET STATISTICS 500;\n", table,
            "TABLE public.t", "no such statement",
            expected: "alter table only public.t alter column i set statistics 500"),
        row(
            "a comment is lost",
            object("TABLE t", "COMMENT", "COMMENT ON TABLE public.t IS 'all';", after: definitionOfATable), table,
            "COMMENT public.TABLE t", "no such statement", expected: "comment on table public.t is '…'"),
        row(
            "a privilege too many",
            object(
                "TABLE t", "ACL", "GRANT SELECT ON TABLE public.t TO PUBLIC;", owner: "postgres",
                after: definitionOfATable),
            table + "GRANT SELECT, INSERT ON t TO PUBLIC", "ACL public.TABLE t",
            "grant select, insert on table public.t to public", expected: "grant select on table public.t to public"),
        CheckRow(
            id: "structure", reason: "the machine lacks something, which may be why",
            checking: Checking(
                sql: "CREATE TABLE t (i int, x varchar)", definitions: definitionOfATable,
                problems: [
                    RestoreProblem(subject: "EXTENSION x", message: "no", judgement: .environment("install it"))
                ]), subject: "TABLE public.t", status: .inconclusive,
            cause: .environment, basis: .archive,
            expected: "create table public.t (i integer, x character varying default '…':: …",
            observed: "create table public.t (i integer, x character varying)", words: "this machine lacks something"),
        CheckRow(
            id: "structure", reason: "what the restore has told is not told again",
            checking: Checking(
                sql: "CREATE TABLE t (i int, x varchar)", definitions: definitionOfATable,
                problems: [RestoreProblem(subject: "TABLE public.t", message: "no", judgement: .backup("bad"))]),
            subject: "definitions", status: .notRun, basis: .archive,
            observed: "1 object", words: "met an error during the restore"),
        CheckRow(
            id: "structure", reason: "a table that is not there is told by another check",
            checking: Checking(definitions: definitionOfATable), subject: "missing objects", status: .notRun,
            basis: .archive, observed: "TABLE public.t", words: "the check restore says why"),
        CheckRow(
            id: "structure", reason: "a copy of files", checking: Checking(sql: table), subject: "database",
            status: .notRun, words: "does not say how"),
    ]

    /// Of a table `t`, as no pg_dump writes it.
    static let definitionOfATable = object(
        "t", "TABLE", "CREATE TABLE public.t (\n    i integer, x character varying DEFAULT 'a'::character varying\n);")

    private static let table = "CREATE TABLE t (i int, x varchar DEFAULT 'a');"

    private static func object(
        _ name: String, _ kind: String, _ sql: String, owner: String = "-", after others: String = ""
    ) -> String {
        "\(others)--\n-- Name: \(name); Type: \(kind); Schema: public; Owner: \(owner)\n--\n\n\(sql)\n\n"
    }

    /// - Parameter subject: of a finding that fails; nil where all is well.
    private static func row(
        _ reason: String, _ definitions: String, _ sql: String, _ subject: String?, _ observed: String,
        expected: String = "as the backup defines them"
    ) -> CheckRow {
        CheckRow(
            id: "structure", reason: reason, checking: Checking(sql: sql, definitions: definitions),
            subject: subject ?? "definitions", status: subject == nil ? .passed : .failed,
            cause: subject == nil ? nil : .backup, basis: .archive, expected: expected, observed: observed,
            words: subject == nil ? "" : "is not defined as the backup defines it")
    }
}
