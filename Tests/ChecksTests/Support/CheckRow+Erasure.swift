import Findings
import Foundation
import Postgres
import SystemPackage
import TestSupport

@testable import Checks

extension CheckRow {
    static let erasure = [
        erasure("none of them", "int", "1, 2, NULL", "3\n\n 4".replacing(" ", with: ""), observed: "none"),
        erasure(
            "some of them", "int", "1, 2, 2, NULL", "3\n1\n\n2\n2\n", .failed, observed: "2 of 3 keys, in 3 rows",
            words: "has keys that were erased (lines 2, 4 of the list)"),
        erasure(
            "numbers in another form, in lines as Windows ends them", "bigint", "42", "+0042\r\n7\r\n", .failed,
            observed: "1 of 2 keys, in 1 row", words: "line 1 of the list"),
        erasure(
            "UUIDs in capitals", "uuid", "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", .failed, observed: "1 of 1 key, in 1 row"),
        erasure(
            "texts with what COPY escapes", "text", "E'secret\\tkey', E'secret\\\\\\nkey', 'Jos\u{e9}'",
            "secret\\tkey\nsecret\\\\\\nkey\nJos\u{e9}\nJose\u{301}", .failed, observed: "3 of 4 keys, in 3 rows",
            words: "lines 1, 2, 3 of the list"),
        erasure(
            "texts that are padded", "char(9)", "'secret'", "secret\n", .failed, observed: "1 of 1 key, in 1 row"),
        erasure(
            "times, in UTC", "timestamptz", "'2026-01-01 02:00:00.5+02'", "2026-01-01 00:00:00.5+00", .failed,
            observed: "1 of 1 key, in 1 row"),
        erasure(
            "a type of the backup's own", "mood", "'secret'", "secret", .failed,
            before: "CREATE TYPE mood AS ENUM ('secret');",
            observed: "1 of 1 key, in 1 row"),
        erasure(
            "a domain", "id", "7", "007", .failed, before: "CREATE DOMAIN id AS integer;",
            observed: "1 of 1 key, in 1 row"),
        erasure(
            "a key that is none of the type: nothing passes", "int", "1", "1\nsecret", .inconclusive,
            observed: "line 2 of \(file("1\nsecret")) is no integer: it must be a whole number",
            words: "look at the files that the plan names"),
        erasure("numbers are compared as PostgreSQL prints them", "numeric(4,2)", "1.5", "1.5", observed: "none"),
        erasure(
            "salted hashes", "text", "E'secret\\tkey', '42', 'other'",
            "8D48b70fec73584748952f3631726578ecea49c3e1c05c38dfd4e5187c750eee\n00693a97edc0c2f0439fa310e6bf7ac7d2fb995e3697faddbe1081167b02251c\nc5310e3d1e5823ef77ce3a5804988a72fc60c307a0c8959f3461e202e4a8d814",
            .failed, salt: "0123456789abcdef\n", observed: "2 of 3 keys, in 2 rows", words: "lines 1, 2 of the list"),
        erasure(
            "salted hashes of numbers, none of which is there", "int", "43",
            "8d48b70fec73584748952f3631726578ecea49c3e1c05c38dfd4e5187c750eee", salt: "0123456789abcdef\r\n",
            observed: "none"),
        erasure(
            "another salt finds nothing", "int", "42",
            "8d48b70fec73584748952f3631726578ecea49c3e1c05c38dfd4e5187c750eee", salt: "0123456789abcdeg",
            observed: "none"),

        CheckRow(
            id: "erasure", reason: "partitions below partitions, and partitions of other column orders",
            checking: looking(
                """
                CREATE TABLE t (a text, k int) PARTITION BY RANGE (k);
                CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY LIST (a);
                CREATE TABLE t_1_1 PARTITION OF t_1 DEFAULT;
                CREATE TABLE t_2 (k int, a text); ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES FROM (10) TO (20);
                INSERT INTO t VALUES ('secret', 7), ('secret', 17), ('secret', 18)
                """, "7\n17\n19"), subject: "public.t.k", status: .failed, cause: .expectation, basis: .plan,
            expected: wanted, observed: "2 of 3 keys, in 2 rows", words: "lines 1, 2 of the list"),
        CheckRow(
            id: "erasure", reason: "tables that inherit",
            checking: looking(
                """
                CREATE TABLE t (k int); CREATE TABLE u (other int) INHERITS (t); CREATE TABLE w (x int);
                CREATE TABLE v () INHERITS (u, w); INSERT INTO u VALUES (7, 8); INSERT INTO v VALUES (9, 7, 7)
                """, "7\n9"), subject: "public.t.k", status: .failed, cause: .expectation, basis: .plan,
            expected: wanted, observed: "2 of 2 keys, in 2 rows", words: "they have to be erased again"),
        CheckRow(
            id: "erasure", reason: "a materialized view is a copy of the rows",
            checking: looking("CREATE MATERIALIZED VIEW t AS SELECT 7 AS k", "7"), subject: "public.t.k",
            status: .failed, cause: .expectation, basis: .plan, expected: wanted, observed: "1 of 1 key, in 1 row",
            words: "they have to be erased again"),
        CheckRow(
            id: "erasure", reason: "rows that a policy hides are seen",
            checking: looking(
                """
                CREATE TABLE t AS SELECT 7 AS k; ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY
                """, "7"), subject: "public.t.k", status: .failed, cause: .expectation, basis: .plan, expected: wanted,
            observed: "1 of 1 key, in 1 row", words: "they have to be erased again"),
        CheckRow(
            id: "erasure", reason: "rows of a partition that are elsewhere are not asked for",
            checking: looking(
                """
                CREATE TABLE t (k int) PARTITION BY RANGE (k); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (9);
                CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER away FOREIGN DATA WRAPPER nothing;
                CREATE FOREIGN TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (19) SERVER away; INSERT INTO t VALUES (7)
                """, "7"), subject: "public.t.k", status: .failed, cause: .expectation, basis: .plan, expected: wanted,
            observed: "1 of 1 key, in 1 row", words: "they have to be erased again"),
        CheckRow(
            id: "erasure", reason: "no such table", checking: looking("", "7"), subject: "public.t.k", status: .failed,
            cause: .expectation, basis: .plan, expected: wanted, observed: "no such table",
            words: "nobody looked for the keys; see whether the plan spells it right"),
        CheckRow(
            id: "erasure", reason: "no such table, with a replay",
            checking: looking("", "7", apply: "SELECT 1;"), subject: "public.t.k", status: .failed,
            cause: .expectation, basis: .plan, expected: wanted, observed: "no such table",
            words: "nobody looked for the keys"),
        CheckRow(
            id: "erasure", reason: "no such column", checking: looking("CREATE TABLE t (\"K\" int)", "7"),
            subject: "public.t.k", status: .failed, cause: .expectation, basis: .plan, expected: wanted,
            observed: "no such column", words: "nobody looked for the keys"),
        CheckRow(
            id: "erasure", reason: "a list that is gone since the drill began",
            checking: looking(keys, list: "/nowhere/list"), subject: "public.t.k", status: .inconclusive,
            cause: .environment, basis: .plan, expected: wanted,
            observed: "cannot open /nowhere/list: No such file or directory", words: "look at the files"),

        CheckRow(
            id: "erasure", reason: "the replay erases them",
            checking: looking(keys, "7\n8\n10", apply: "DELETE FROM t WHERE k IN (7, 8, 9, 10);"),
            subject: "public.t.k", status: .passed, basis: .plan, expected: wanted,
            observed: "before the replay 2 of 3 keys, in 2 rows; after it none"),
        CheckRow(
            id: "erasure", reason: "the replay brings its keys as rows of a COPY, and its own transaction",
            checking: looking(
                keys, "7\n8",
                apply: """
                    -- erased on demand
                    BEGIN;
                    CREATE TEMP TABLE erased (k text);
                    COPY erased FROM stdin;
                    7
                    8
                    \\.
                    DELETE FROM t USING erased WHERE t.k::text = erased.k;
                    COMMIT;
                    """), subject: "public.t.k", status: .passed, basis: .plan, expected: wanted,
            observed: "before the replay 2 of 2 keys, in 2 rows; after it none"),
        CheckRow(
            id: "erasure", reason: "what the replay does is told",
            checking: looking(keys, "7", apply: "DELETE FROM t WHERE k = 7; VACUUM t;"), subject: "replay",
            status: .passed, basis: .plan, expected: "runs without an error", observed: "2 statements"),
        CheckRow(
            id: "erasure", reason: "the replay leaves one",
            checking: looking(keys, "7\n8", apply: "DELETE FROM t WHERE k = 7;"), subject: "public.t.k",
            status: .failed, cause: .expectation, basis: .plan, expected: wanted,
            observed: "before the replay 2 of 2 keys, in 2 rows; after it 1 of 2 keys, in 1 row",
            words: "the replay leaves keys that were erased (line 2 of the list): mend the script"),
        CheckRow(
            id: "erasure", reason: "the replay does not commit",
            checking: looking(keys, "7", apply: "BEGIN; DELETE FROM t WHERE k = 7;"), subject: "public.t.k",
            status: .failed, cause: .expectation, basis: .plan, expected: wanted,
            observed: "before the replay 1 of 1 key, in 1 row; after it 1 of 1 key, in 1 row", words: "mend the script"),
        CheckRow(
            id: "erasure", reason: "a backup that no longer has them",
            checking: looking(keys, "10", apply: "DELETE FROM t WHERE k = 10;"), subject: "public.t.k",
            status: .passed, basis: .plan, expected: wanted, observed: "before the replay none; after it none",
            words: "the replay had nothing to erase here"),
        CheckRow(
            id: "erasure", reason: "the replay is of another schema; its words are not told",
            checking: looking(keys, "7", apply: "SELECT 1;\nDELETE FROM t WHERE\n secret = 7;"), subject: "replay",
            status: .failed, cause: .expectation, basis: .plan, expected: "runs without an error",
            observed: #"line 3 of the script: column "…" does not exist (SQLSTATE 42703)"#, words: "the rows would stay"
        ),
        CheckRow(
            id: "erasure", reason: "the replay meets a row that refers to it, which is not quoted",
            checking: looking(
                "CREATE TABLE t (k text PRIMARY KEY, kk text); CREATE TABLE u (k text REFERENCES t); INSERT INTO t VALUES ('secret'); INSERT INTO u VALUES ('secret')",
                "secret", apply: "DELETE FROM t;"), subject: "replay", status: .failed, cause: .expectation,
            basis: .plan, expected: "runs without an error",
            observed: "line 1 of the script: foreign key violation (SQLSTATE 23503)", words: "the rows would stay"),
        CheckRow(
            id: "erasure", reason: "rows of a COPY in the replay that are none",
            checking: looking(
                keys, "7", apply: "CREATE TEMP TABLE e (k int);\nCOPY e FROM stdin;\nsecret\n\\.\n"), subject: "replay",
            status: .failed, cause: .expectation, basis: .plan, expected: "runs without an error",
            observed: "line 2 of the script: invalid text representation (SQLSTATE 22P02)", words: "the rows would stay"
        ),
        CheckRow(
            id: "erasure", reason: "after a replay that failed, what is there is told",
            checking: looking(keys, "7", apply: "SELECT nothing;"), subject: "public.t.k", status: .failed,
            cause: .expectation, basis: .plan, expected: wanted, observed: "1 of 1 key, in 1 row",
            words: "they have to be erased again"),
        CheckRow(
            id: "erasure", reason: "the replay has no right",
            checking: looking(
                keys, "7", apply: "SET ROLE pg_monitor; DELETE FROM public.t;"), subject: "replay",
            status: .inconclusive, cause: .environment, basis: .plan, expected: "runs without an error",
            observed: "line 1 of the script: permission denied for table … (SQLSTATE 42501)",
            words: "could not be asked"),
        CheckRow(
            id: "erasure", reason: "the replay is not run where a list cannot be read",
            checking: looking(keys, list: "/nowhere/list", apply: "DELETE FROM t;"), subject: "replay",
            status: .inconclusive, cause: .environment, basis: .plan, expected: "runs without an error", observed: nil,
            words: "it was not run, because not every list and column could be read before it"),
        CheckRow(
            id: "row-counts", runsAll: true, reason: "all other checks see what was there before the replay",
            checking: looking(keys, "7", apply: "DELETE FROM t; INSERT INTO t VALUES (11);"), subject: "public.t",
            status: .passed, observed: "3 rows"),
        CheckRow(
            id: "sql", runsAll: true, reason: "a query of the plan sees what was there before the replay",
            checking: {
                var checking = looking(keys, "7", apply: "DROP TABLE t;")
                checking.plan.sql = [SQLExpectation(name: "q", query: "SELECT count(*) FROM t", equals: .number(3))]
                return checking
            }(), subject: "q", status: .passed, basis: .plan, expected: "equals 3", observed: "3"),
        CheckRow(
            id: "erasure", reason: "the plan names no keys", checking: Checking(sql: keys), subject: "database",
            status: .notRun, words: "the plan names no keys that were erased (checks.erasure)"),
    ]

    private static let keys = "CREATE TABLE t (k int); INSERT INTO t VALUES (7), (8), (9)"
    private static let wanted = "none of the keys that were erased"

    /// The column `k` of the table `t`, of a type.
    private static func erasure(
        _ reason: String, _ type: String, _ values: String, _ list: String, _ status: CheckStatus = .passed,
        salt: String? = nil, before: String = "", observed: String, words: String = ""
    ) -> CheckRow {
        CheckRow(
            id: "erasure", reason: reason,
            checking: looking(
                "\(before) CREATE TABLE t (k \(type)); INSERT INTO t SELECT unnest(ARRAY[\(values)]::\(type)[])", list,
                salt: salt), subject: "public.t.k", status: status,
            cause: status == .passed ? nil : status == .failed ? .expectation : .environment, basis: .plan,
            expected: wanted, observed: observed,
            words: status == .failed && words.isEmpty ? "they have to be erased again" : words)
    }

    private static func looking(
        _ sql: String, _ keys: String = "", list: String? = nil, salt: String? = nil, apply: String? = nil
    ) -> Checking {
        var plan = CheckPlan()
        plan.erasure = ErasureExpectation(
            columns: [
                ColumnName(table: TableName(schema: "public", name: "t"), name: "k"): ErasedKeyList(
                    file: list.map { FilePath($0) } ?? file(keys), salt: salt.map(file))
            ], apply: apply.map(file))
        return Checking(sql: sql, plan: plan)
    }

    /// A file with this text, for as long as the tests run.
    static func file(_ text: String) -> FilePath {
        let name = Data(text.utf8).base64EncodedString().replacing("/", with: "_").prefix(200)
        let path = SharedDirectory.path.appending("erasure-\(text.utf8.count)-\(name)")
        // Tests read it at the same time: it appears whole.
        try! Data(text.utf8).write(to: URL(filePath: path.string), options: .atomic)
        return path
    }
}
