import Findings

@testable import Checks

extension CheckRow {
    static let foreignKeys = [
        key(
            "no orphans", "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a)",
            "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1), (NULL)", "public.b.b_i_fkey", orphans: 0),
        key(
            "two orphans", "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a)",
            "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1), (2), (3), (NULL)", "public.b.b_i_fkey", orphans: 2),
        key(
            "composite, null in part lets go",
            "CREATE TABLE a (i int, j int, PRIMARY KEY (i, j)); CREATE TABLE b (j int, i int, FOREIGN KEY (i, j) REFERENCES a)",
            "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (2, 1), (1, 2), (NULL, 7), (7, NULL)",
            "public.b.b_i_j_fkey", orphans: 1),
        key(
            "MATCH FULL, null in part does not",
            "CREATE TABLE a (i int, j int, PRIMARY KEY (i, j)); CREATE TABLE b (i int, j int, FOREIGN KEY (i, j) REFERENCES a MATCH FULL)",
            "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (1, 2), (NULL, NULL), (1, NULL), (NULL, 2)",
            "public.b.b_i_j_fkey", orphans: 2),
        key(
            "self-referencing", "CREATE TABLE a (i int PRIMARY KEY, up int REFERENCES a)",
            "INSERT INTO a VALUES (1, NULL), (2, 1), (3, 9)", "public.a.a_up_fkey", orphans: 1),
        key(
            "partitioned on both sides",
            """
            CREATE TABLE a (i int PRIMARY KEY) PARTITION BY RANGE (i);
            CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM (0) TO (10);
            CREATE TABLE a_2 PARTITION OF a FOR VALUES FROM (10) TO (20);
            CREATE TABLE b (i int REFERENCES a) PARTITION BY HASH (i);
            CREATE TABLE b_1 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE b_2 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 1)
            """, "INSERT INTO a VALUES (1), (11); INSERT INTO b VALUES (1), (11), (2), (12)", "public.b.b_i_fkey",
            orphans: 2),
        key(
            "a row that only a table inheriting from the referenced one has is no help",
            "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE c () INHERITS (a); CREATE TABLE b (i int REFERENCES a)",
            "INSERT INTO c VALUES (1); INSERT INTO b VALUES (1)", "public.b.b_i_fkey", orphans: 1),
        key(
            "a table inheriting from the referring one is free",
            "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a); CREATE TABLE c () INHERITS (b)",
            "INSERT INTO c VALUES (1)", "public.b.b_i_fkey", orphans: 0),
        key(
            "a text that refers to a char(n): blanks behind it do not count",
            "CREATE TABLE a (i char(4) PRIMARY KEY); CREATE TABLE b (i varchar(20) REFERENCES a)",
            "INSERT INTO a VALUES ('x'); INSERT INTO b VALUES ('x   '), ('x'), ('y')", "public.b.b_i_fkey", orphans: 1),
        key(
            "a char(n) that refers to a text: only its own blanks do not count",
            "CREATE TABLE a (i text PRIMARY KEY); CREATE TABLE b (i char(4) REFERENCES a)",
            "INSERT INTO a VALUES ('x'), ('y '); INSERT INTO b VALUES ('x'), ('y')", "public.b.b_i_fkey", orphans: 1),
        key(
            "types that differ, and a domain",
            """
            CREATE DOMAIN d AS int; CREATE TABLE a (i bigint, j d, k numeric, PRIMARY KEY (i, j, k));
            CREATE TABLE b (i smallint, j int, k int, FOREIGN KEY (i, j, k) REFERENCES a)
            """, "INSERT INTO a VALUES (1, 2, 3.0); INSERT INTO b VALUES (1, 2, 3), (1, 2, 4)", "public.b.b_i_j_k_fkey",
            orphans: 1),
        key(
            "arrays and enums, whose operators take any",
            """
            CREATE TYPE e AS ENUM ('x', 'y'); CREATE TABLE a (i int[], j e, PRIMARY KEY (i, j));
            CREATE TABLE b (i int[], j e, FOREIGN KEY (i, j) REFERENCES a)
            """, "INSERT INTO a VALUES ('{1}', 'x'); INSERT INTO b VALUES ('{1}', 'x'), ('{1}', 'y')",
            "public.b.b_i_j_fkey",
            orphans: 1),
        CheckRow(
            id: "foreign-keys", reason: "NOT VALID: the source knows",
            checking: Checking(
                sql: """
                    CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int); INSERT INTO b VALUES (1);
                    ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES a NOT VALID
                    """), subject: "public.b.k", status: .passed, isHazard: true, basis: .rule,
            expected: "0 orphans", observed: "1 orphan", words: "known at the source"),
        CheckRow(
            id: "foreign-keys", reason: "a key that could not be created, of a text to a char(n)",
            checking: Checking(
                sql: """
                    CREATE TABLE a (i char(4)); CREATE TABLE b (i text);
                    INSERT INTO a VALUES ('x'); INSERT INTO b VALUES ('x   '), ('y')
                    """,
                foreignKeys: ["ALTER TABLE ONLY public.b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES public.a(i);"]),
            subject: "public.b.k", status: .failed, cause: .backup, basis: .rule, expected: "0 orphans",
            observed: "1 orphan", words: "refer to rows of public.a that are not there"),
        CheckRow(
            id: "foreign-keys", reason: "a key that could not be created is asked all the same",
            checking: Checking(
                sql: "CREATE TABLE a (i int); CREATE TABLE b (i int); INSERT INTO b VALUES (1)",
                foreignKeys: ["ALTER TABLE ONLY public.b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES public.a(i);"]),
            subject: "public.b.k", status: .failed, cause: .backup, basis: .rule, expected: "0 orphans",
            observed: "1 orphan", words: "refer to rows of public.a that are not there"),
        CheckRow(
            id: "foreign-keys", reason: "a table that was not restored",
            checking: Checking(
                sql: "CREATE TABLE b (i int)",
                foreignKeys: ["ALTER TABLE ONLY public.b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES public.a(i);"]),
            subject: "public.b.k", status: .notRun, basis: .rule, expected: "0 orphans", words: "was not restored"),
        CheckRow(
            id: "foreign-keys", reason: "no foreign keys", checking: Checking(sql: "CREATE TABLE t (i int)"),
            subject: "database", status: .notRun, words: "no foreign keys"),
    ]

    /// A key whose rows come while nothing looks.
    private static func key(
        _ reason: String, _ tables: String, _ rows: String, _ subject: String, orphans: Int
    ) -> CheckRow {
        CheckRow(
            id: "foreign-keys", reason: reason,
            checking: Checking(sql: "\(tables); SET session_replication_role = replica; \(rows)"), subject: subject,
            status: orphans == 0 ? .passed : .failed, cause: orphans == 0 ? nil : .backup, basis: .rule,
            expected: "0 orphans", observed: orphans == 1 ? "1 orphan" : "\(orphans) orphans",
            words: orphans == 0 ? "" : "not in the backup, or not loaded")
    }
}
