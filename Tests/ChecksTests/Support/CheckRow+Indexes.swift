import Backup
import Postgres
import Restore

@testable import Checks

extension CheckRow {
    static let indexes = [
        index(
            "a primary key", "CREATE TABLE t (i int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 999)",
            "t_pkey"),
        index(
            "partial, over an expression, odd in name",
            """
            CREATE TABLE t (i int, j text); INSERT INTO t SELECT i, 'x' || i FROM generate_series(1, 999) i;
            CREATE INDEX "Größe; --" ON t (lower(j) DESC, i) WHERE i > 100
            """, "Größe; --"),
        index(
            "of a materialized view",
            "CREATE MATERIALIZED VIEW v AS SELECT generate_series(1, 99) i; CREATE INDEX v_i ON v (i)", "v_i"),
        index(
            "of a partition",
            """
            CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE TABLE p_1 PARTITION OF p DEFAULT;
            CREATE INDEX p_i ON p (i); INSERT INTO p SELECT generate_series(1, 99)
            """, "p_1_i_idx"),
        index(
            "built in the time zone of the restore, which its expression depends on, though it should not",
            """
            CREATE TABLE t (at timestamptz); INSERT INTO t VALUES ('2026-05-01 01:00+00');
            CREATE FUNCTION day(timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1::text $$;
            CREATE INDEX i ON t (day(at))
            """, "i", timeZone: "America/Los_Angeles"),
        CheckRow(
            id: "indexes", reason: "its expression gives something else than when it was built",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 99);
                    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX i ON t (f(i));
                    CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'
                    """), subject: "public.i", status: .failed, cause: .backup, basis: .rule,
            expected: "in order, and every row is in it", observed: "SQLSTATE XX001",
            words: "lacks matching index tuple"),
        CheckRow(
            id: "indexes", reason: "its operator class orders in another way than when it was built",
            checking: Checking(
                sql: """
                    CREATE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2)';
                    CREATE OPERATOR CLASS ordered FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =,
                        OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 order_of(int, int);
                    CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 99); CREATE INDEX i ON t (i ordered);
                    CREATE OR REPLACE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE
                        AS 'SELECT btint4cmp($2, $1)'
                    """), subject: "public.i", status: .failed, cause: .backup, basis: .rule,
            expected: "in order, and every row is in it", observed: "SQLSTATE XX002",
            words: "item order invariant violated"),
        CheckRow(
            id: "indexes", reason: "its expression cannot be computed any more",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 99);
                    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX i ON t (f(i));
                    CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN gone(); END'
                    """), subject: "public.i", status: .inconclusive, cause: .environment, basis: .rule,
            expected: "in order, and every row is in it", observed: "SQLSTATE 42883", words: "could not be asked"),
        CheckRow(
            id: "indexes", reason: "every page of a table is sound, and what is stored out of line",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i text); ALTER TABLE t ALTER i SET STORAGE EXTERNAL;
                    INSERT INTO t SELECT repeat('x', i * 1000) FROM generate_series(1, 9) i
                    """), subject: "public.t", status: .passed, basis: .rule, expected: "0 problems in its pages",
            observed: "0 problems"),
        CheckRow(
            id: "indexes", reason: "rows older than the table says that any can be",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i text); INSERT INTO t VALUES ('secret'), ('secret');
                    UPDATE pg_class SET relfrozenxid = ((txid_current() + 1) % (2 ^ 32)::int8)::text::xid WHERE relname = 't'
                    """), subject: "public.t", status: .failed, cause: .backup, basis: .rule,
            expected: "0 problems in its pages", observed: "2 problems",
            words: "xmin N precedes relation freeze threshold"),
        CheckRow(
            id: "indexes", reason: "kinds of indexes that amcheck does not know",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int[]); CREATE INDEX ON t USING gin (i); CREATE INDEX ON t USING gin (i);
                    CREATE INDEX ON t USING hash (i)
                    """), subject: "gin", status: .notRun, basis: .rule,
            words: "2 gin indexes: amcheck of PostgreSQL 15 cannot check them"),
        CheckRow(
            id: "indexes", reason: "a role that may read, and not create an extension",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int PRIMARY KEY);
                    DO $$ BEGIN
                        EXECUTE format('ALTER DATABASE %I SET role = pg_read_all_data', current_database());
                    END $$
                    """), subject: "database", status: .notRun, basis: .rule, words: "only a superuser may"),
        CheckRow(
            id: "row-counts", runsAll: true, reason: "the drill's own amcheck wakes no event trigger",
            checking: Checking(
                sql: """
                    CREATE TABLE log (what text); CREATE TABLE t (i int PRIMARY KEY);
                    CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql
                        AS $$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$;
                    CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note()
                    """), subject: "public.log", status: .passed, observed: "0 rows"),
        CheckRow(
            id: "indexes", reason: "the backup's own amcheck that is not there",
            checking: Checking(
                sql: "CREATE TABLE t (i int PRIMARY KEY)",
                objects: [ExpectedObject(kind: "EXTENSION", schema: nil, name: "amcheck", owner: nil)]),
            subject: "database", status: .notRun, basis: .rule, words: "it was not restored; see the check restore"),
        CheckRow(
            id: "indexes", reason: "the backup's own amcheck, wherever it is",
            checking: Checking(
                sql: """
                    CREATE SCHEMA "My tools"; CREATE EXTENSION amcheck SCHEMA "My tools";
                    CREATE TABLE t (i int PRIMARY KEY)
                    """,
                objects: [ExpectedObject(kind: "EXTENSION", schema: nil, name: "amcheck", owner: nil)]),
            subject: "public.t_pkey", status: .passed, basis: .rule, expected: "in order, and every row is in it",
            observed: "as expected"),
        CheckRow(
            id: "indexes", reason: "the plan names one that is there",
            checking: expecting("CREATE TABLE t (i int PRIMARY KEY)"), subject: "public.t_pkey", status: .passed,
            basis: .plan, expected: "a valid index", observed: "valid"),
        CheckRow(
            id: "indexes", reason: "the plan names one that is not there",
            checking: expecting("CREATE TABLE t (i int)"),
            subject: "public.t_pkey", status: .failed, cause: .expectation, basis: .plan, expected: "a valid index",
            observed: "no such index", words: "the plan expects this index"),
        CheckRow(
            id: "indexes", reason: "the plan names one that is not valid",
            checking: expecting(
                """
                CREATE TABLE t (i int PRIMARY KEY);
                UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_pkey'::regclass
                """), subject: "public.t_pkey", status: .failed, cause: .expectation, basis: .plan,
            expected: "a valid index", observed: "invalid", words: "was not finished"),
        CheckRow(
            id: "indexes", reason: "neither indexes nor rows", checking: Checking(sql: "CREATE TABLE t (i int)"),
            subject: "database", status: .notRun, words: "no indexes, and no table with rows"),
    ]

    private static func index(
        _ reason: String, _ sql: String, _ name: String, timeZone: String = "UTC"
    ) -> CheckRow {
        CheckRow(
            id: "indexes", reason: reason, checking: Checking(sql: sql, timeZone: timeZone),
            subject: "public.\(name)", status: .passed, basis: .rule, expected: "in order, and every row is in it",
            observed: "as expected")
    }

    private static func expecting(_ sql: String) -> Checking {
        var plan = CheckPlan()
        plan.indexes = [TableName(schema: "public", name: "t_pkey")]
        return Checking(sql: sql, plan: plan)
    }
}
