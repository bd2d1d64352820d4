import Findings
import Postgres

@testable import Checks

extension CheckRow {
    static let freshness = [
        CheckRow(
            id: "freshness", reason: "the newest of an indexed column is told without a plan",
            checking: Checking(sql: timed("'2026-05-01T11:00Z', '2026-04-01T00:00Z'")), subject: "public.t.at",
            status: .passed, observed: "2026-05-01T11:00:00Z, 1h before the backup"),
        CheckRow(
            id: "freshness", reason: "recent enough", checking: within(.seconds(3600), "'2026-05-01T11:00Z'"),
            subject: "public.t.at", status: .passed, basis: .plan, expected: "within 1h of the backup",
            observed: "2026-05-01T11:00:00Z, 1h before the backup"),
        CheckRow(
            id: "freshness", reason: "a second too old", checking: within(.seconds(3600), "'2026-05-01T10:59:59Z'"),
            subject: "public.t.at", status: .failed, cause: .expectation, basis: .plan,
            expected: "within 1h of the backup", observed: "2026-05-01T10:59:59Z, 1h 1s before the backup",
            words: "older than the plan allows"),
        CheckRow(
            id: "freshness", reason: "the recovery point objective where the column has no limit of its own",
            checking: within(nil, "'2026-05-01T10:00Z'"), subject: "public.t.at", status: .failed, cause: .expectation,
            basis: .plan, expected: "within 30m of the backup", observed: "2026-05-01T10:00:00Z, 2h before the backup",
            words: "older than the plan allows"),
        CheckRow(
            id: "freshness", reason: "a value from the future does not make old rows new",
            checking: within(.seconds(3600), "'2099-01-01T00:00Z', 'infinity', '2026-05-01T10:00Z'"),
            subject: "public.t.at", status: .failed, cause: .expectation, basis: .plan,
            expected: "within 1h of the backup",
            observed: "2026-05-01T10:00:00Z, 2h before the backup, 1 row is later than the backup",
            words: "older than the plan allows"),
        CheckRow(
            id: "freshness", reason: "a limit and no rows", checking: within(.seconds(3600), "NULL"),
            subject: "public.t.at", status: .failed, cause: .expectation, basis: .plan,
            expected: "within 1h of the backup", observed: "no rows with a time", words: "nothing shows how recent"),
        CheckRow(
            id: "freshness", reason: "no limit and no rows", checking: Checking(sql: timed("'infinity'")),
            subject: "public.t.at", status: .notRun, observed: "no rows with a time", words: "holds no time"),
        CheckRow(
            id: "freshness", reason: "a backup that does not tell its time",
            checking: {
                var checking = within(.seconds(3600), "'2026-05-01T11:00Z'")
                checking.backupTime = nil
                return checking
            }(), subject: "public.t.at", status: .inconclusive, cause: .environment, basis: .plan,
            expected: "within 1h of the backup", observed: "2026-05-01T11:00:00Z",
            words: "does not say when it was taken"),
        CheckRow(
            id: "freshness", reason: "a column without a zone is read in that of the backup's clock",
            checking: Checking(
                sql: "CREATE TABLE t (at timestamp); CREATE INDEX ON t (at); INSERT INTO t VALUES ('2026-05-01 13:00')",
                timeZone: "Europe/Ljubljana"), subject: "public.t.at", status: .passed,
            observed: "2026-05-01T11:00:00Z, 1h before the backup"),
        CheckRow(
            id: "freshness", reason: "dates that timestamptz does not reach",
            checking: Checking(
                sql: """
                    CREATE TABLE t (at date); CREATE INDEX ON t (at);
                    INSERT INTO t VALUES ('5874897-12-31'), ('4714-11-24 BC'), ('2026-05-01')
                    """), subject: "public.t.at", status: .passed,
            observed: "2026-05-01T00:00:00Z, 12h before the backup, 1 row is later than the backup"),
        CheckRow(
            id: "freshness", reason: "a partitioned table's newest row is in any of its leaves",
            checking: Checking(
                sql: """
                    CREATE TABLE p (at timestamptz) PARTITION BY RANGE (at); CREATE INDEX ON p (at);
                    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2026-05-01');
                    CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
                    INSERT INTO p VALUES ('2026-02-01T00:00Z'), ('2026-05-01T09:00Z')
                    """), subject: "public.p.at", status: .passed,
            observed: "2026-05-01T09:00:00Z, 3h before the backup"),
        CheckRow(
            id: "freshness", reason: "a column that is not there",
            checking: {
                var checking = within(.seconds(1), "NULL")
                checking.sql = "CREATE TABLE t (at text)"
                return checking
            }(), subject: "public.t.at", status: .failed, cause: .expectation, basis: .plan,
            expected: "a column of times", observed: "no such column", words: "no column of times by that name"),
        CheckRow(
            id: "freshness", reason: "no column of times", checking: Checking(sql: "CREATE TABLE t (i int)"),
            subject: "database", status: .notRun, words: "no time column begins an index"),
    ]

    /// A table with an indexed column of times; `values` are SQL.
    private static func timed(_ values: String) -> String {
        "CREATE TABLE t (at timestamptz); CREATE INDEX ON t (at); INSERT INTO t SELECT unnest(ARRAY[\(values)]::timestamptz[])"
    }

    /// With a limit in the plan; nil leaves it to the recovery point objective of half an hour.
    private static func within(_ limit: Duration?, _ values: String) -> Checking {
        var plan = CheckPlan()
        plan.freshness[ColumnName(table: TableName(schema: "public", name: "t"), name: "at")] = .init(within: limit)
        return Checking(sql: timed(values), plan: plan, recoveryPoint: .seconds(1800))
    }
}
