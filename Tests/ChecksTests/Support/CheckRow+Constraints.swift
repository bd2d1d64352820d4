@testable import Checks

extension CheckRow {
    static let constraints = checkConstraints + hostileFunctions + uniqueKeys + indexValidity

    // MARK: CHECK

    private static let checkConstraints = [
        check(
            "every row satisfies it, and so does NULL", "CREATE TABLE t (i int CONSTRAINT k CHECK (i > 0))",
            "(1), (NULL)"),
        check("two rows break it", "CREATE TABLE t (i int)", "(1), (-1), (-2), (NULL)", then: validated, broken: 2),
        check(
            "an odd name, and an expression with quotes of its own", "CREATE TABLE t (i int)", "(1), (2)",
            then: """
                ALTER TABLE t RENAME i TO "Größe 'm²'; --";
                ALTER TABLE t ADD CONSTRAINT k CHECK ("Größe 'm²'; --" > 1 AND 'it''s "so"' <> '') NOT VALID;
                UPDATE pg_constraint SET convalidated = true WHERE conname = 'k'
                """, broken: 1),
        check(
            "over the whole row, its table, and a function",
            """
            CREATE TABLE t (i int); CREATE FUNCTION ok(t) RETURNS bool LANGUAGE sql AS 'SELECT true';
            ALTER TABLE t ADD CONSTRAINT k CHECK (ok(t) AND t IS NOT NULL AND tableoid > 0)
            """, "(1), (3)",
            then: "CREATE OR REPLACE FUNCTION ok(t) RETURNS bool LANGUAGE sql AS 'SELECT $1.i < 3'", broken: 1),
        check(
            "a partitioned table's holds for the rows of all its leaves",
            """
            CREATE TABLE t (i int) PARTITION BY LIST (i);
            CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1, 2);
            CREATE TABLE t_2 (j text, i int); ALTER TABLE t_2 DROP j; ALTER TABLE t ATTACH PARTITION t_2 DEFAULT
            """, "(1), (2), (-1), (-2), (-3)", then: validated, broken: 3),
        check(
            "inheriting tables have it, too", "CREATE TABLE t (i int); CREATE TABLE u () INHERITS (t)", "(-1)",
            then: "INSERT INTO u VALUES (-1), (1); \(validated)", broken: 2),
        check(
            "NO INHERIT ends with its table", "CREATE TABLE t (i int); CREATE TABLE u () INHERITS (t)", "(-1)",
            then: """
                INSERT INTO u VALUES (-1);
                ALTER TABLE t ADD CONSTRAINT k CHECK (i > 0) NO INHERIT NOT VALID;
                UPDATE pg_constraint SET convalidated = true WHERE conname = 'k'
                """, broken: 1),
        check(
            "it depends on the time zone, and rows satisfy it in the one that they were restored in",
            "CREATE TABLE t (at timestamptz, i date, CONSTRAINT k CHECK (at::date = i))",
            "('2026-05-01 01:00+00', '2026-05-01')", timeZone: "America/Los_Angeles"),
        CheckRow(
            id: "constraints", reason: "NOT VALID: the source knows",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t VALUES (-1);
                    ALTER TABLE t ADD CONSTRAINT k CHECK (i > 0) NOT VALID
                    """), subject: "public.t.k", status: .passed, isHazard: true, basis: .rule,
            expected: "0 rows break it", observed: "1 row breaks it", words: "known at the source"),
        CheckRow(
            id: "constraints", reason: "NOT VALID, and old rows make its expression raise an error",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t VALUES (0);
                    ALTER TABLE t ADD CONSTRAINT k CHECK (1 / i > 0) NOT VALID
                    """), subject: "public.t.k", status: .notRun, basis: .rule, expected: "0 rows break it",
            words: "SQLSTATE 22012"),
        CheckRow(
            id: "constraints", reason: "NOT VALID, and the server lacks memory",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t VALUES (0);
                    CREATE FUNCTION f(int) RETURNS bool LANGUAGE plpgsql AS
                        $$BEGIN RAISE EXCEPTION USING ERRCODE = '53200'; END$$;
                    ALTER TABLE t ADD CONSTRAINT k CHECK (f(i)) NOT VALID
                    """), subject: "public.t.k", status: .inconclusive, cause: .environment, basis: .rule,
            expected: "0 rows break it", observed: "SQLSTATE 53200", words: "could not be asked"),
        CheckRow(
            id: "constraints", reason: "it calls what is not there any more",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t VALUES (0);
                    CREATE FUNCTION ok(int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
                    ALTER TABLE t ADD CONSTRAINT k CHECK (ok(i));
                    CREATE OR REPLACE FUNCTION ok(int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN gone(); END'
                    """), subject: "public.t.k", status: .inconclusive, cause: .environment, basis: .rule,
            expected: "0 rows break it", observed: "SQLSTATE 42883", words: "could not be asked"),
        CheckRow(
            id: "constraints", reason: "a domain's that is NOT VALID is told",
            checking: Checking(
                sql: "CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID"),
            subject: "public.d.k", status: .passed, basis: .rule, expected: "validated", observed: "not validated",
            words: "known at the source"),
    ]

    /// A function of the backup's own that lays a lying aggregate in the way of whatever its session asks next. Of six
    /// leaves asked by two sessions, four are asked by one that it has been called in.
    private static let hostileFunctions = [
        CheckRow(
            id: "row-counts", runsAll: true, reason: "a constraint that changes the search path of its session",
            checking: Checking(
                sql: """
                    CREATE SCHEMA evil;
                    CREATE FUNCTION evil.lie(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1';
                    CREATE AGGREGATE evil.count(*) (SFUNC = evil.lie, STYPE = bigint, INITCOND = '42');
                    CREATE FUNCTION evil.lure() RETURNS bool LANGUAGE plpgsql AS $$
                        BEGIN PERFORM set_config('search_path', 'evil,pg_catalog', false); RETURN true; END $$;
                    CREATE TABLE p (i int CONSTRAINT k CHECK (evil.lure())) PARTITION BY LIST (i);
                    \((1...6).map { "CREATE TABLE p_\($0) PARTITION OF p FOR VALUES IN (\($0))" }.joined(separator: ";"));
                    INSERT INTO p SELECT generate_series(1, 6)
                    """), subject: "public.p", status: .passed, observed: "6 rows")
    ]

    /// Validated in word only.
    private static let validated = """
        ALTER TABLE t ADD CONSTRAINT k CHECK (i > 0) NOT VALID;
        UPDATE pg_constraint SET convalidated = true WHERE conname = 'k'
        """

    private static func check(
        _ reason: String, _ tables: String, _ values: String, then: String = "", broken: Int = 0,
        timeZone: String = "UTC"
    ) -> CheckRow {
        CheckRow(
            id: "constraints", reason: reason,
            checking: Checking(sql: "\(tables); INSERT INTO t VALUES \(values); \(then)", timeZone: timeZone),
            subject: "public.t.k",
            status: broken == 0 ? .passed : .failed, cause: broken == 0 ? nil : .backup, basis: .rule,
            expected: "0 rows break it", observed: broken == 1 ? "1 row breaks it" : "\(broken) rows break it",
            words: broken == 0 ? "" : "that holds for every row at the source")
    }

    // MARK: Unique keys

    private static let uniqueKeys = [
        key("each is there once", "(i int, j text)", "(i, j)", "(1, 'a'), (1, 'b'), (2, 'a')", twice: 0),
        key("two are there more than once", "(i int)", "(i)", "(1), (1), (1), (2), (2), (3)", twice: 2),
        key(
            "NULL in any part makes a key its own", "(i int, j text)", "(i, j)", "(1, NULL), (1, NULL), (NULL, NULL)",
            twice: 0),
        key(
            "NULL is a value, where the index says so", "(i int)", "(i) NULLS NOT DISTINCT", "(NULL), (NULL)", twice: 1),
        key(
            "a composite value with a NULL in it is a value", "(i pair)", "(i)", "('(1,)'), ('(1,)'), (NULL), (NULL)",
            twice: 1),
        key("what is only included may differ", "(i int, j int)", "(i) INCLUDE (j)", "(1, 1), (1, 2)", twice: 1),
        key(
            "what is outside of a partial one may repeat", "(i int, j bool)", "(i) WHERE j",
            "(1, true), (1, false), (1, NULL)", twice: 0),
        key("inside of a partial one it may not", "(i int, j bool)", "(i) WHERE j", "(1, true), (1, true)", twice: 1),
        key("an expression", "(i text)", "(lower(i))", "('a'), ('A'), ('b')", twice: 1),
        key("a constant, for a table of one row", "(i int)", "((1))", "(1), (2)", twice: 1),
        key("a collation of the index's own: equal for it", "(i text)", "(i COLLATE blind)", "('a'), ('A')", twice: 1),
        key(
            "a collation of the index's own: different for it", "(i text COLLATE blind)", "(i COLLATE \"C\")",
            "('a'), ('A')", twice: 0),
        key("an operator class for patterns", "(i text)", "(i text_pattern_ops)", "('a'), ('a')", twice: 1),
        key(
            "a name that has to be quoted", "(\"Größe; --\" int)", "(\"Größe; --\")", "(1), (1)", twice: 1),
        CheckRow(
            id: "constraints", reason: "an operator class that tells more apart than its type does",
            checking: Checking(
                sql: """
                    CREATE TYPE r AS (n numeric); CREATE TABLE t (i r); INSERT INTO t VALUES ('(1.0)'), ('(1.00)');
                    CREATE UNIQUE INDEX u ON t (i record_image_ops)
                    """), subject: "public.u", status: .notRun, basis: .rule, expected: "0 duplicate keys",
            words: "compares in a way of its own"),
    ]

    /// An index whose duplicates came before it was said to be unique.
    private static func key(
        _ reason: String, _ columns: String, _ key: String, _ values: String, twice: Int
    ) -> CheckRow {
        CheckRow(
            id: "constraints", reason: reason,
            checking: Checking(
                sql: """
                    CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                    CREATE TYPE pair AS (a int, b int); CREATE TABLE t \(columns); CREATE UNIQUE INDEX u ON t \(key);
                    UPDATE pg_index SET indisunique = false WHERE indexrelid = 'u'::regclass;
                    INSERT INTO t VALUES \(values);
                    UPDATE pg_index SET indisunique = true WHERE indexrelid = 'u'::regclass
                    """), subject: "public.u",
            status: twice == 0 ? .passed : .failed, cause: twice == 0 ? nil : .backup, basis: .rule,
            expected: "0 duplicate keys", observed: twice == 1 ? "1 duplicate key" : "\(twice) duplicate keys",
            words: twice == 0 ? "" : "share a key that the index allows only once")
    }

    // MARK: Validity

    private static let indexValidity = [
        CheckRow(
            id: "constraints", reason: "every index is valid",
            checking: Checking(sql: "CREATE TABLE t (i int PRIMARY KEY, j int UNIQUE)"), subject: "indexes",
            status: .passed, basis: .rule, expected: "every index is valid", observed: "2 are"),
        CheckRow(
            id: "constraints", reason: "an index that PostgreSQL itself holds invalid",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int PRIMARY KEY);
                    UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_pkey'::regclass
                    """), subject: "public.t_pkey", status: .passed, isHazard: true, basis: .rule,
            expected: "a valid index", observed: "invalid", words: "was not finished"),
        CheckRow(
            id: "constraints", reason: "a partitioned one that some partition lacks may be so at the source",
            checking: Checking(
                sql: """
                    CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE TABLE p_1 PARTITION OF p DEFAULT;
                    CREATE INDEX p_i ON ONLY p (i)
                    """), subject: "public.p_i", status: .passed, isHazard: true, basis: .rule,
            expected: "a valid index",
            observed: "invalid", words: "some partition has no such index"),
        CheckRow(
            id: "constraints", reason: "neither constraints nor indexes",
            checking: Checking(sql: "CREATE TABLE t (i int)"), subject: "database", status: .notRun,
            words: "neither CHECK constraints nor indexes"),
    ]
}
