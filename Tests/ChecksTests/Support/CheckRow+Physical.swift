import Findings
import Physical
import Postgres
import Restore

@testable import Checks

/// What only a copy of files can bring.
extension CheckRow {
    private static func copy(_ sql: String) -> Checking { Checking(sql: sql, isPhysicalCopy: true) }

    static let collations = [
        CheckRow(
            id: "collations", reason: "text is ordered as it was",
            checking: copy(
                "CREATE COLLATION c (provider = icu, locale = 'de'); CREATE TABLE t (a text COLLATE c PRIMARY KEY)"),
            subject: "public.c", status: .passed, basis: .archive,
            expected: "the version that indexes were built with", observed: "the same"),
        CheckRow(
            id: "collations", reason: "a copy of the files whose indexes another library ordered",
            checking: copy(indexed + outdated), subject: "public.c", status: .inconclusive, cause: .environment,
            basis: .archive, expected: "the version that indexes were built with",
            observed: "version 0 then, none here", words: "REINDEX after a recovery on such a machine: public.i"),
        CheckRow(
            id: "collations", reason: "the bounds of partitions", checking: copy(partitioned + outdated),
            subject: "public.c",
            status: .inconclusive, cause: .environment, basis: .archive,
            expected: "the version that indexes were built with",
            observed: "version 0 then, none here",
            words: "partitions of public.p"),
        CheckRow(
            id: "collations", reason: "the indexes of a dump are built here",
            checking: Checking(sql: indexed + outdated),
            subject: "public.c", status: .passed, basis: .archive, expected: "the version that indexes were built with",
            observed: "version 0 then, none here",
            words: "does no harm here"),
        CheckRow(
            id: "collations", reason: "no order depends on it",
            checking: copy("CREATE TABLE t (a text COLLATE \"C\" PRIMARY KEY)"), subject: "database", status: .notRun,
            words: "has versions"),
    ]

    static let visibilityMap = [
        CheckRow(
            id: "visibility-map", reason: "a table that was vacuumed", checking: copy(rows), subject: "public.t",
            status: .passed, basis: .rule, expected: "no row in a marked page contradicts the mark",
            observed: "none does"),
        CheckRow(
            id: "visibility-map", reason: "a materialized view",
            checking: copy("CREATE MATERIALIZED VIEW v AS SELECT generate_series(1, 99)"), subject: "public.v",
            status: .passed, basis: .rule, expected: "no row in a marked page contradicts the mark",
            observed: "none does"),
        CheckRow(
            id: "visibility-map", reason: "the maps of a dump are new", checking: Checking(sql: rows),
            subject: "database", status: .notRun, words: "made anew"),
    ]

    static let files = [
        CheckRow(
            id: "files", reason: "the files of a dump are new", checking: Checking(sql: rows), subject: "database",
            status: .notRun, words: "made anew")
    ]

    static let values = [
        CheckRow(
            id: "values", reason: "of every type, stored in every way",
            checking: copy(
                """
                CREATE TYPE c AS (a bytea, b text[]); CREATE DOMAIN d AS bytea; CREATE TYPE mood AS ENUM ('secret');
                CREATE TABLE t (a text, b bytea, c c, d d, e int[], f numeric, g timestamptz, h mood, i int, j jsonb,
                    k tsvector, l int4range, m xml, n bit(3), o inet, p jsonpath, q date[],
                    r text GENERATED ALWAYS AS (upper(a)) STORED);
                INSERT INTO t SELECT repeat('ä', 99999), decode(repeat('00', 99999), 'hex'), ROW('\\x00', NULL)::c, '', '{1,NULL}', 1.5,
                    'infinity', 'secret', 1, '{}', 'a b', '[1,2)', '<a/>', B'101', '::1', '$.a', '{2026-01-01}' FROM generate_series(1, 3);
                INSERT INTO t DEFAULT VALUES
                """), subject: "public.t", status: .passed, basis: .rule, expected: "every value can be read",
            observed: "51 values in 17 columns"),
        CheckRow(
            id: "values", reason: "a document of no kind",
            checking: copy(
                """
                CREATE CAST (bytea AS jsonb) WITHOUT FUNCTION; CREATE TABLE t (a jsonb, b text);
                INSERT INTO t SELECT v::jsonb, 'secret' FROM (SELECT '\\x0100000000000000'::bytea OFFSET 0) AS x (v);
                DROP CAST (bytea AS jsonb)
                """), subject: "public.t.a", status: .failed, cause: .backup, basis: .rule,
            expected: "every value can be read", observed: "SQLSTATE XX000", words: "cannot be decoded"),
        CheckRow(
            id: "values", reason: "a time that there is not",
            checking: copy(
                """
                CREATE TABLE t (a timestamp); CREATE CAST (bigint AS timestamp) WITHOUT FUNCTION;
                INSERT INTO t SELECT (generate_series(0, 1) - 9223372036854775807)::timestamp; DROP CAST (bigint AS timestamp)
                """), subject: "public.t.a", status: .failed, cause: .backup, basis: .rule,
            expected: "every value can be read", observed: "SQLSTATE 22008", words: "cannot be decoded"),
        CheckRow(
            id: "values", reason: "bytes that are no text can be read",
            checking: copy(
                """
                CREATE CAST (bytea AS text) WITHOUT FUNCTION; CREATE TABLE t (a text);
                INSERT INTO t SELECT v FROM (SELECT E'\\\\377'::bytea::text OFFSET 0) AS x (v); DROP CAST (bytea AS text)
                """), subject: "public.t", status: .passed, basis: .rule, expected: "every value can be read",
            observed: "0 values in 1 column"),
        CheckRow(
            id: "values", reason: "a restore has read them", checking: Checking(sql: "CREATE TABLE t (a text)"),
            subject: "database", status: .notRun, words: "stored anew"),
    ]

    static let preparedTransactions = [
        CheckRow(
            id: "prepared-transactions", reason: "none", checking: copy("CREATE TABLE t ()"), subject: "server",
            status: .passed, basis: .rule, expected: "none older than 5 minutes", observed: "none at all"),
        CheckRow(
            id: "prepared-transactions", reason: "no dump has any", checking: Checking(), subject: "database",
            status: .notRun, words: "what was committed"),
    ]

    static let replicationSlots = [
        CheckRow(
            id: "replication-slots", reason: "none", checking: copy("CREATE TABLE t ()"), subject: "server",
            status: .passed, basis: .archive, observed: "none"),
        CheckRow(
            id: "replication-slots", reason: "one whose file is none",
            checking: Checking(isPhysicalCopy: true, replicationSlots: [ReplicationSlot(name: "s", state: nil)]),
            subject: "slot s", status: .passed, basis: .archive, observed: "its state cannot be read",
            words: "drop it there"),
        CheckRow(
            id: "replication-slots", reason: "no dump has any", checking: Checking(), subject: "database",
            status: .notRun, words: "which has none"),
    ]

    static let upkeep = [
        CheckRow(
            id: "upkeep", reason: "indexes that are alike, one of them unique",
            checking: Checking(
                sql: "CREATE TABLE t (i int PRIMARY KEY, j int); CREATE INDEX ON t (i); CREATE INDEX ON t (i, j)"),
            subject: "indexes", status: .passed, observed: "public.t: t_pkey, t_i_idx", words: "keep one of each group"),
        CheckRow(
            id: "upkeep", reason: "indexes that differ",
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int, j text); CREATE INDEX ON t (i); CREATE INDEX ON t (i DESC); CREATE INDEX ON t USING hash (i);
                    CREATE INDEX ON t (i) WHERE i > 0; CREATE INDEX ON t (j); CREATE INDEX ON t (j COLLATE "C");
                    CREATE INDEX ON t (j text_pattern_ops); CREATE INDEX ON t (lower(j)); CREATE INDEX ON t (upper(j));
                    CREATE INDEX ON t (i) INCLUDE (j)
                    """), subject: "indexes", status: .passed, observed: "none alike"),
        CheckRow(
            id: "upkeep", reason: "a table that is mostly dead",
            checking: copy(
                """
                CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT repeat('secret', 100) FROM generate_series(1, 40000);
                DELETE FROM t
                """), subject: "tables", status: .passed, observed: "public.t: 98 %", words: "VACUUM FULL"),
        CheckRow(
            id: "upkeep", reason: "a table that is full",
            checking: copy("CREATE TABLE t AS SELECT repeat('secret', 100) FROM generate_series(1, 40000)"),
            subject: "tables", status: .passed, observed: "none of 16 MiB and mostly empty"),
        CheckRow(
            id: "upkeep", reason: "a dump has no statistics", checking: Checking(sql: "CREATE TABLE t ()"),
            subject: "unused indexes", status: .notRun, words: "brings no statistics"),
    ]

    private static let rows = "CREATE TABLE t AS SELECT i, repeat('secret', 999) FROM generate_series(1, 999) i"

    private static let collation = "CREATE COLLATION c (locale = 'C');"
    private static let indexed = collation + "CREATE TABLE t (a text COLLATE c); CREATE INDEX i ON t (a);"
    private static let partitioned = collation + "CREATE TABLE p (a text COLLATE c) PARTITION BY RANGE (a);"
    private static let outdated =
        "UPDATE pg_collation SET collversion = '0' WHERE collname = 'c' AND collversion IS NULL AND oid > 16383;"
}
