import Findings
import Postgres

@testable import Checks
@testable import Restore

extension CheckRow {
    static let partitionedTables = ranges + comparedRanges + hashesAndLists + defaults + ahead

    private static let ranges = [
        range("months in a row", "at date", ["'2026-01-01') TO ('2026-02-01'", "'2026-02-01') TO ('2026-03-01'"]),
        range(
            "a month is missing", "at date",
            ["'2026-01-01') TO ('2026-02-01'", "'2026-03-01') TO ('2026-04-01'", "'2026-04-01') TO ('2026-05-01'"],
            gap: "from '2026-02-01' to '2026-03-01'"),
        range(
            "the last day of a month, since an upper bound is no part of the partition", "at date",
            ["'2026-01-01') TO ('2026-01-31'", "'2026-02-01') TO ('2026-02-28'"],
            gap: "from '2026-01-31' to '2026-02-01'"),
        range(
            "more than three", "i int", (0..<6).map { "\($0 * 10)) TO (\($0 * 10 + 5)" },
            gap: "from 5 to 10, from 15 to 20, from 25 to 30, and 2 more"),
        range("from the beginning to the end", "i int", ["MINVALUE) TO ('-5'", "'-5') TO (7", "7) TO (MAXVALUE"]),
        range("made in another order", "i int", ["100) TO (200", "9) TO (100", "'-100') TO (9"]),
        range("a partition of its own", "i int", ["1) TO (2"]),
        CheckRow(
            id: "partitions", reason: "the plan allows gaps",
            checking: planning(.init(gaps: .allowed), sql("i int", ["1) TO (2", "3) TO (4"])), subject: "public.p",
            status: .passed, basis: .plan, expected: "gaps are allowed", observed: "from 2 to 3"),
        CheckRow(
            id: "partitions", reason: "a default partition fills gaps",
            checking: Checking(sql: sql("i int", ["1) TO (2", "3) TO (4"]) + withDefault), subject: "public.p",
            status: .passed, basis: .rule, expected: "no gaps", observed: "from 2 to 3",
            words: "the default partition takes"),
        CheckRow(
            id: "partitions", reason: "a gap below another level",
            checking: Checking(
                sql: """
                    CREATE TABLE p (i int, j int) PARTITION BY LIST (i);
                    CREATE TABLE "Ärger" PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (j);
                    CREATE TABLE q_1 PARTITION OF "Ärger" FOR VALUES FROM (1) TO (2);
                    CREATE TABLE q_2 PARTITION OF "Ärger" FOR VALUES FROM (3) TO (4)
                    """), subject: "public.Ärger", status: .passed, isHazard: true, basis: .rule,
            expected: "no gaps", observed: "from 2 to 3", words: "cannot take rows"),
        CheckRow(
            id: "partitions", reason: "the plan does not accept gaps",
            checking: planning(.init(gaps: .fail), sql("i int", ["1) TO (2", "3) TO (4"]) + withDefault),
            subject: "public.p", status: .failed, cause: .expectation, basis: .plan, expected: "no gaps",
            observed: "from 2 to 3", words: "cannot take rows"),
        CheckRow(
            id: "partitions", reason: "the machine lacks something, which may be why one is missing",
            checking: {
                var checking = Checking(sql: sql("i int", ["1) TO (2", "3) TO (4"]))
                checking.problems = [
                    RestoreProblem(subject: "TABLE p_3", message: "no", judgement: .environment("install it"))
                ]
                return checking
            }(), subject: "public.p", status: .inconclusive, cause: .environment, basis: .rule, expected: "no gaps",
            observed: "from 2 to 3", words: "this machine lacks something"),
        CheckRow(
            id: "partitions", reason: "two partitions for the same rows",
            checking: Checking(
                sql: sql("i int", ["1) TO (3", "3) TO (5"]) + """
                    ; UPDATE pg_class SET relpartbound = (SELECT relpartbound FROM pg_class WHERE relname = 'p_0')
                    WHERE relname = 'p_1'
                    """), subject: "public.p", status: .failed, cause: .backup, basis: .rule, expected: "no gaps",
            observed: "public.p_0 and public.p_1 overlap", words: "claim the same rows"),
        CheckRow(
            id: "partitions", reason: "no partitions", checking: Checking(sql: sql("i int", [])), subject: "public.p",
            status: .notRun, basis: .rule, expected: "no gaps", words: "no partitions to compare"),
        CheckRow(
            id: "partitions", reason: "no partitioned tables", checking: Checking(sql: "CREATE TABLE t (i int)"),
            subject: "database", status: .notRun, words: "no partitioned tables"),
    ]

    /// The server compares, in the key's own types and order.
    private static let comparedRanges = [
        range("the same number, written in two ways", "n numeric", ["0) TO (1.0", "1.00) TO (2"]),
        range(
            "times with a zone", "at timestamptz",
            ["'2026-01-01+00') TO ('2026-02-01+00'", "'2026-02-01 02:00+02') TO ('infinity'"]),
        range(
            "text with all that could end it", "t text COLLATE \"C\"",
            ["'') TO ('a, (''b'", "'a, (''b') TO ('c\\)'", "'c\\)') TO (MAXVALUE"]),
        range(
            "text in an order of its own", "t text", ["'A') TO ('Z'", "'Z') TO ('b'", "'b') TO ('c'"],
            by: "t text_pattern_ops"),
        range("an enumeration", "m mood", ["'sad') TO ('fine'", "'fine') TO ('Über'"], before: mood),
        range(
            "an enumeration with a gap", "m mood", ["'sad') TO ('fine'", "'Über') TO (MAXVALUE"], before: mood,
            gap: "from 'fine' to 'Über'"),
        range(
            "characters of a length, compared in all of it", "c char(2)", ["'aa') TO ('ac'", "'ad') TO ('ba'"],
            gap: "from 'ac' to 'ad'"),
        range(
            "characters of a length, made in another order", "c char(2)", ["'ac') TO ('ba'", "'aa') TO ('ac'"]),
        range("an array", "a int[]", ["'{1}') TO ('{1,2}'", "'{1,2}') TO ('{2}'"]),
        range("an expression", "t text", ["'a') TO ('b'", "'b') TO ('c'"], by: "lower(t)"),
        range(
            "an expression with a gap", "at timestamp", ["2024) TO (2025", "2026) TO (2027"],
            by: "(extract(year FROM at))", gap: "from '2025' to '2026'"),
        range(
            "two columns", "i int, j int",
            ["1, 1) TO (1, 5", "1, 5) TO (2, MINVALUE", "2, MINVALUE) TO (2, 7", "2, 7) TO (3, MAXVALUE"], by: "i, j"),
        range(
            "two columns with a gap in the second", "i int, j text",
            ["1, 'a') TO (1, 'b'", "1, 'c') TO (2, MINVALUE", "2, MINVALUE) TO (MAXVALUE, MAXVALUE"], by: "i, j",
            gap: "from (1, 'b') to (1, 'c')"),
        range(
            "two columns, and the value behind the last of the first is no beginning", "i int, j int",
            ["1, 1) TO (1, MAXVALUE", "2, MINVALUE) TO (3, 1"], by: "i, j", gap: "from (1, MAXVALUE) to (2, MINVALUE)"),
        CheckRow(
            id: "partitions", reason: "an expression of a type that the catalogue does not name",
            checking: Checking(sql: sql("i int", ["'{1}') TO ('{2}'"], by: "(ARRAY[i])")), subject: "public.p",
            status: .notRun, basis: .rule, expected: "no gaps", words: "cannot be written down"),
    ]

    private static let hashesAndLists = [
        CheckRow(
            id: "partitions", reason: "every remainder, of more than one modulus",
            checking: Checking(sql: hash("2, REMAINDER 0", "4, REMAINDER 1", "4, REMAINDER 3")), subject: "public.p",
            status: .passed, basis: .rule, expected: "a partition for every remainder", observed: "4 of 4 remainders"),
        CheckRow(
            id: "partitions", reason: "a remainder is missing",
            checking: Checking(sql: hash("3, REMAINDER 0", "3, REMAINDER 2")), subject: "public.p",
            status: .passed, isHazard: true, basis: .rule, expected: "a partition for every remainder",
            observed: "2 of 3 remainders", words: "the other remainders"),
        CheckRow(
            id: "partitions", reason: "a hash without partitions", checking: Checking(sql: hash()),
            subject: "public.p", status: .notRun, basis: .rule, expected: "a partition for every remainder",
            words: "no partitions"),
        CheckRow(
            id: "partitions", reason: "a list",
            checking: Checking(
                sql:
                    "CREATE TABLE p (t text) PARTITION BY LIST (t); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN ('secret')"
            ), subject: "public.p", status: .notRun, basis: .rule, words: "a list of values shows no gaps"),
    ]

    private static let defaults = [
        CheckRow(
            id: "partitions", reason: "rows in the default partition are told",
            checking: Checking(
                sql: sql("i int", ["1) TO (2"]) + withDefault + "; INSERT INTO p VALUES (1), (7), (NULL)"),
            subject: "public.p", status: .passed, observed: "2 rows in the default partition"),
        CheckRow(
            id: "partitions", reason: "the plan wants the default partition empty, and it is not",
            checking: planning(
                .init(default: .empty),
                sql("i int", ["1) TO (2"]) + """
                    ; CREATE TABLE p_d PARTITION OF p DEFAULT PARTITION BY LIST (i);
                    CREATE TABLE p_d_1 PARTITION OF p_d FOR VALUES IN (7); CREATE TABLE p_d_2 PARTITION OF p_d DEFAULT;
                    INSERT INTO p VALUES (1), (7), (8)
                    """), subject: "public.p", status: .failed, cause: .expectation, basis: .plan,
            expected: "no rows in the default partition", observed: "2 rows in the default partition",
            words: "no other partition took these rows"),
        CheckRow(
            id: "partitions", reason: "the plan wants the default partition empty, and it is",
            checking: planning(.init(default: .empty), sql("i int", ["1) TO (2"]) + withDefault), subject: "public.p",
            status: .passed, basis: .plan, expected: "no rows in the default partition",
            observed: "0 rows in the default partition"),
        CheckRow(
            id: "partitions", reason: "the plan wants the default partition empty, and there is none",
            checking: planning(.init(default: .empty), sql("i int", ["1) TO (2"])), subject: "public.p",
            status: .passed, basis: .plan, expected: "no rows in the default partition",
            observed: "no default partition"),
        CheckRow(
            id: "partitions", reason: "the rows of the default partition are on another server",
            checking: Checking(
                sql: """
                    CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
                    CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE FOREIGN TABLE f PARTITION OF p DEFAULT SERVER s
                    """), subject: "public.p", status: .notRun, words: "on another server"),
    ]

    /// The backup is of noon, 1 May 2026, UTC.
    private static let ahead = [
        period("a partition for the time to come", "at date", ["'2026-05-01') TO ('2026-06-01'"]),
        period("its last moment", "at timestamptz", ["'2026-05-01+00') TO ('2026-05-08 12:00:00.001+00'"]),
        period(
            "an upper bound is no part of the partition", "at timestamptz",
            ["'2026-05-01+00') TO ('2026-05-08 12:00:00+00'"], isThere: false),
        period("in the zone of the backup's clock", "at timestamp", ["'2026-05-01') TO ('2026-05-08 14:00:01'"]),
        period("no end", "at timestamp", ["'2026-05-01') TO (MAXVALUE"]),
        period("the next month is missing", "at timestamp", ["'2026-05-01') TO ('2026-05-07'"], isThere: false),
        period("no partitions at all", "at timestamp", [], isThere: false),
        CheckRow(
            id: "partitions", reason: "the default partition is no partition for the time to come",
            checking: planning(.init(ahead: week), sql("at date", []) + withDefault), subject: "public.p",
            status: .failed, cause: .expectation, basis: .plan, expected: aWeekLater, observed: "there is none",
            words: "land in the default partition"),
        CheckRow(
            id: "partitions", reason: "nobody knows when the backup was taken",
            checking: {
                var checking = planning(.init(ahead: week), sql("at date", []))
                checking.backupTime = nil
                return checking
            }(), subject: "public.p", status: .inconclusive, cause: .environment, basis: .plan,
            expected: "a partition for 7d after the backup", words: "does not say when it was taken"),
        CheckRow(
            id: "partitions", reason: "a key that is no time",
            checking: planning(.init(ahead: week), sql("i int", [])), subject: "public.p", status: .inconclusive,
            cause: .environment, basis: .plan, expected: aWeekLater, words: "look at the plan"),
        CheckRow(
            id: "partitions", reason: "the plan names a table that is not there",
            checking: planning(.init(ahead: week), "CREATE TABLE q (i int)"), subject: "public.p", status: .failed,
            cause: .expectation, basis: .plan, expected: "a partitioned table", observed: "no such table",
            words: "no partitioned table by that name"),
        CheckRow(
            id: "partitions", reason: "the plan names a table that is not partitioned",
            checking: planning(.init(ahead: week), "CREATE TABLE p (i int)"), subject: "public.p", status: .failed,
            cause: .expectation, basis: .plan, expected: "a partitioned table", observed: "it is not partitioned",
            words: "no partitioned table by that name"),
    ]

    // MARK: Making them

    private static let withDefault = "; CREATE TABLE p_default PARTITION OF p DEFAULT"
    private static let mood = "CREATE TYPE mood AS ENUM ('sad', 'fine', 'Über'); "
    private static let week = Duration.seconds(7 * 86_400)
    private static let aWeekLater = "a partition for 2026-05-08T12:00:00Z, 7d after the backup"

    /// A table divided by range.
    /// - Parameters:
    ///   - columns: the first of which it is divided by, unless `key` says otherwise.
    ///   - bounds: of each partition, what is between `FROM (` and `)`.
    private static func sql(_ columns: String, _ bounds: [String], by key: String? = nil) -> String {
        let first = String(columns.prefix { $0 != " " })
        let partitions = bounds.enumerated().map { "; CREATE TABLE p_\($0) PARTITION OF p FOR VALUES FROM (\($1))" }
        return "CREATE TABLE p (\(columns)) PARTITION BY RANGE (\(key ?? first))" + partitions.joined()
    }

    private static func range(
        _ reason: String, _ columns: String, _ bounds: [String], by key: String? = nil, before: String = "",
        gap: String? = nil
    ) -> CheckRow {
        CheckRow(
            id: "partitions", reason: reason, checking: Checking(sql: before + sql(columns, bounds, by: key)),
            subject: "public.p", status: .passed, isHazard: gap != nil,
            basis: .rule, expected: "no gaps",
            observed: gap ?? "\(bounds.count == 1 ? "1 partition" : "\(bounds.count) partitions"), no gaps",
            words: gap == nil ? "" : "cannot take rows")
    }

    private static func hash(_ bounds: String...) -> String {
        let partitions = bounds.enumerated().map {
            "; CREATE TABLE p_\($0) PARTITION OF p FOR VALUES WITH (MODULUS \($1))"
        }
        return "CREATE TABLE p (i int) PARTITION BY HASH (i)" + partitions.joined()
    }

    private static func period(
        _ reason: String, _ columns: String, _ bounds: [String], isThere: Bool = true
    ) -> CheckRow {
        var checking = planning(.init(ahead: week), sql(columns, bounds))
        checking.timeZone = "Europe/Ljubljana"
        return CheckRow(
            id: "partitions", reason: reason, checking: checking, subject: "public.p",
            status: isThere ? .passed : .failed, cause: isThere ? nil : .expectation, basis: .plan,
            expected: aWeekLater,
            observed: isThere ? "there is one" : "there is none",
            words: isThere ? "" : "the job that makes new partitions")
    }

    private static func planning(_ expectation: PartitionExpectation, _ sql: String) -> Checking {
        var plan = CheckPlan()
        plan.partitions[TableName(schema: "public", name: "p")] = expectation
        return Checking(sql: sql, plan: plan)
    }
}
