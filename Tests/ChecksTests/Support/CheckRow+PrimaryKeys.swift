import Findings

@testable import Checks

extension CheckRow {
    static let primaryKeys = [
        CheckRow(
            id: "primary-keys", reason: "every table has one",
            checking: Checking(
                sql: """
                    CREATE TABLE t (a int PRIMARY KEY);
                    CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a);
                    CREATE TABLE p_1 PARTITION OF p DEFAULT
                    """), subject: "tables", status: .passed, observed: "none without a primary key"),
        CheckRow(
            id: "primary-keys", reason: "a unique index is none",
            checking: Checking(
                sql: """
                    CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int NOT NULL UNIQUE);
                    CREATE SCHEMA s; CREATE TABLE s.t (a int)
                    """), subject: "tables", status: .passed, observed: "public.u; s.t", words: "logical replication"),
        CheckRow(
            id: "primary-keys", reason: "a partitioned table is named, and its partitions are not",
            checking: Checking(
                sql: """
                    CREATE TABLE p (a int) PARTITION BY RANGE (a);
                    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
                    CREATE TABLE p_2 PARTITION OF p DEFAULT PARTITION BY RANGE (a);
                    CREATE TABLE p_2_1 PARTITION OF p_2 DEFAULT
                    """), subject: "tables", status: .passed, observed: "public.p", words: "logical replication"),
        CheckRow(
            id: "primary-keys", reason: "a table of an extension is not named",
            checking: Checking(
                sql: "CREATE TABLE e (a int); CREATE TABLE t (a int); ALTER EXTENSION plpgsql ADD TABLE e"),
            subject: "tables", status: .passed, observed: "public.t", words: "logical replication"),
        CheckRow(
            id: "primary-keys", reason: "the first twenty are named",
            checking: Checking(
                sql: """
                    DO $$ BEGIN FOR i IN 10..30 LOOP EXECUTE format('CREATE TABLE t%s (a int)', i); END LOOP; END $$
                    """), subject: "tables", status: .passed,
            observed: (10..<30).map { "public.t\($0)" }.joined(separator: "; ") + "; …", words: "logical replication"),
        CheckRow(
            id: "primary-keys", reason: "a view is no table", checking: Checking(sql: "CREATE VIEW v AS SELECT 1"),
            subject: "database", status: .notRun, words: "no tables"),
    ]
}
