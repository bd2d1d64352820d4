import Findings

@testable import Checks
@testable import Restore

extension CheckRow {
    static let encoding = [
        CheckRow(
            id: "encoding", reason: "every kind of text, and what is none",
            checking: Checking(
                sql: """
                    CREATE DOMAIN d AS varchar(9); CREATE DOMAIN e AS d; CREATE DOMAIN l AS e[];
                    CREATE TABLE t (a text, b varchar, c char(3), d name, e e, f text[], g l,
                        h text GENERATED ALWAYS AS (upper(a)) STORED, i "char", j int, k jsonb);
                    INSERT INTO t VALUES ('ä', '🌾', 'x', 'n', 'e', '{ä,NULL}', '{"ü"}', DEFAULT, '\\377', 1, '{}');
                    INSERT INTO t DEFAULT VALUES
                    """),
            subject: "public.t", status: .passed, basis: .rule, expected: "every value is valid in UTF8",
            observed: "8 values in 8 columns"),
        CheckRow(
            id: "encoding", reason: "a byte that is no letter", checking: withInvalidText("text", "v"),
            subject: "public.t.a", status: .failed, cause: .backup, basis: .rule,
            expected: "every value is valid in UTF8", observed: "SQLSTATE 22021", words: "bytes that are no text"),
        CheckRow(
            id: "encoding", reason: "the columns beside it are sound", checking: withInvalidText("text", "v"),
            subject: "public.t", status: .passed, basis: .rule, expected: "every value is valid in UTF8",
            observed: "1 value in 1 column"),
        CheckRow(
            id: "row-counts", runsAll: true, reason: "and its rows are counted", checking: withInvalidText("text", "v"),
            subject: "public.t",
            status: .passed, observed: "1 row"),
        CheckRow(
            id: "encoding", reason: "in a list of a domain", checking: withInvalidText("d[]", "ARRAY[v]::d[]"),
            subject: "public.t.a", status: .failed, cause: .backup, basis: .rule,
            expected: "every value is valid in UTF8", observed: "SQLSTATE 22021", words: "bytes that are no text"),
        CheckRow(
            id: "encoding", reason: "in one of the partitions",
            checking: Checking(
                sql: """
                    CREATE TABLE p (i int, "Ä ""a"" b" varchar) PARTITION BY LIST (i);
                    CREATE TABLE q PARTITION OF p FOR VALUES IN (1); CREATE TABLE r PARTITION OF p DEFAULT;
                    CREATE CAST (bytea AS text) WITHOUT FUNCTION;
                    INSERT INTO p VALUES (1, 'x'), (2, E'\\\\xc3'::bytea::text); DROP CAST (bytea AS text)
                    """),
            subject: "public.p.Ä \"a\" b", status: .failed, cause: .backup, basis: .rule,
            expected: "every value is valid in UTF8", observed: "SQLSTATE 22021", words: "bytes that are no text"),
        CheckRow(
            id: "encoding", reason: "another encoding",
            checking: Checking(
                sql: "CREATE TABLE t (a text); INSERT INTO t VALUES ('ä'), (NULL), ('')",
                databaseOptions: "ENCODING 'LATIN1' LOCALE 'C'"),
            subject: "public.t", status: .passed, basis: .rule, expected: "every value is valid in LATIN1",
            observed: "2 values in 1 column"),
        CheckRow(
            id: "encoding", reason: "characters that no other encoding has are valid in their own",
            checking: Checking(
                sql: """
                    CREATE TABLE t (a text); CREATE CAST (bytea AS text) WITHOUT FUNCTION;
                    INSERT INTO t VALUES (E'\\\\xfda1'::bytea::text); DROP CAST (bytea AS text)
                    """, databaseOptions: "ENCODING 'EUC_KR' LOCALE 'C'"),
            subject: "public.t", status: .passed, basis: .rule, expected: "every value is valid in EUC_KR",
            observed: "1 value in 1 column"),
        CheckRow(
            id: "encoding", reason: "no encoding at all",
            checking: Checking(sql: "CREATE TABLE t (a text)", databaseOptions: "ENCODING 'SQL_ASCII' LOCALE 'C'"),
            subject: "database", status: .notRun, words: "any byte is valid"),
        CheckRow(
            id: "encoding", reason: "no text", checking: Checking(sql: "CREATE TABLE t (i int)"), subject: "database",
            status: .notRun, words: "no text columns"),
    ]

    /// A cast that does not look lets bytes in as text.
    private static func withInvalidText(_ type: String, _ value: String) -> Checking {
        Checking(
            sql: """
                CREATE DOMAIN d AS text; CREATE CAST (bytea AS text) WITHOUT FUNCTION;
                CREATE TABLE t (a \(type), b text);
                INSERT INTO t SELECT \(value), 'secret' FROM (SELECT E'secret\\\\377'::bytea::text OFFSET 0) AS x (v);
                DROP CAST (bytea AS text)
                """)
    }
}
