import Findings
import Foundation
import Postgres

@testable import Checks

extension CheckRow {
    static let sql = [
        answering("SELECT count(*) FROM t", "a count") { $0.equals = .number(3) }
            .passes("equals 3", "3"),
        answering("SELECT 1.50", "a number, however it is written") { $0.equals = .number(1.5) }
            .passes("equals 1.5", "equal"),
        answering("SELECT count(*) FROM t;", "another number") { $0.equals = .number(0) }
            .says(.failed, .expectation, "equals 0", "3", "do not answer this query"),
        answering("SELECT 'a'", "a text") { $0.equals = .text("a") }.passes("equals “a”", "equal"),
        answering("SELECT a FROM t WHERE i = 1", "another text, which is not told") { $0.equals = .text("b") }
            .says(.failed, .expectation, "equals “b”", "another value", "do not answer this query"),
        answering("SELECT U&'e\\0301'", "texts that look the same are not") { $0.equals = .text("\u{e9}") }
            .says(.failed, .expectation, "equals “\u{e9}”", "another value", "do not answer this query"),
        answering("SELECT bool_and(i > 0) FROM t", "a truth") { $0.equals = .truth(true) }
            .passes("equals true", "true"),
        answering("SELECT bool_and(i > 1) FROM t", "an untruth") { $0.equals = .truth(true) }
            .says(.failed, .expectation, "equals true", "false", "do not answer this query"),
        answering("SELECT max(i) FROM t WHERE i > 9", "nothing is no number") { $0.minimum = 0 }
            .says(.failed, .expectation, "at least 0", "null", "do not answer this query"),
        answering("SELECT i FROM t WHERE i > 9", "no rows, no value") { $0.equals = .number(1) }
            .says(.failed, .expectation, "equals 1", "no rows", "do not answer this query"),
        answering("SELECT i FROM t", "several rows, no single value") { $0.equals = .number(1) }
            .says(.failed, .expectation, "equals 1", "several rows", "do not answer this query"),
        answering("WITH x AS (SELECT avg(i) AS a FROM t) TABLE x", "within bounds") {
            $0.minimum = 2
            $0.maximum = 2
        }.passes("at least 2, at most 2", "as expected"),
        answering("SELECT -0.5", "below the minimum") { $0.minimum = 0 }
            .says(.failed, .expectation, "at least 0", "a smaller number", "do not answer this query"),
        answering("VALUES (11)", "above the maximum") { $0.maximum = 10.5 }
            .says(.failed, .expectation, "at most 10.5", "a larger number", "do not answer this query"),
        answering("SELECT * FROM t, public.t u -- all", "rows are counted") { $0.rows = .init(exactly: 9) }
            .passes("exactly 9 rows", "9 rows"),
        answering("TABLE t", "too few rows") { $0.rows = .init(minimum: 4) }
            .says(.failed, .expectation, "at least 4 rows", "3 rows", "do not answer this query"),
        answering("SELECT generate_series(1, 100000)", "too many rows, of which few are read") {
            $0.rows = .init(maximum: 150)
        }.says(.failed, .expectation, "at most 150 rows", "more than 150 rows", "do not answer this query"),
        answering("SELECT generate_series(1, 100000)", "as many as it takes to tell") { $0.rows = .init(minimum: 100) }
            .passes("at least 100 rows", "more than 100 rows"),
        answering("SELECT nonsense", "a column that is not there") { $0.equals = .number(1) }
            .says(
                .failed, .expectation, "equals 1", "ERROR: column \"nonsense\" does not exist (SQLSTATE 42703)",
                "asks for a table or a column"),
        answering("SELECT count(*) FROM gone", "a table that was not restored") { $0.equals = .number(1) }
            .says(
                .failed, .expectation, "equals 1", "ERROR: relation \"gone\" does not exist (SQLSTATE 42P01)",
                "a column that the restored database does not have"),
        answering("SELECT i / 0 FROM t", "its own arithmetic") { $0.equals = .number(1) }
            .says(
                .inconclusive, .environment, "equals 1", "ERROR: division by zero (SQLSTATE 22012)",
                "look at the plan's query"),
        answering("SELECT (SELECT i FROM t)", "a subquery with too many rows") { $0.equals = .number(1) }
            .says(
                .inconclusive, .environment, "equals 1",
                "ERROR: more than one row returned by a subquery used as an expression (SQLSTATE 21000)",
                "look at the plan's query"),
        answering("SELECT 1; SELECT 2", "two statements") { $0.equals = .number(1) }
            .says(
                .inconclusive, .environment, "equals 1",
                "ERROR: cannot insert multiple commands into a prepared statement (SQLSTATE 42601)",
                "look at the plan's query"),
        answering("SELECT nextval('s')", "a query that writes") { $0.equals = .number(1) }
            .says(
                .inconclusive, .environment, "equals 1",
                "ERROR: cannot execute nextval() in a read-only transaction (SQLSTATE 25006)",
                "look at the plan's query"),
        answering("SELECT i, i FROM t", "two columns, no single value") { $0.equals = .number(1) }
            .says(
                .inconclusive, .environment, "equals 1", "2 columns instead of a single value",
                "look at the plan's query"),
        answering("SELECT a FROM t WHERE i = 1", "a text where a number should be") { $0.maximum = 1 }
            .says(
                .inconclusive, .environment, "at most 1", "a value that is no number", "look at the plan's query"),
        CheckRow(
            id: "sql", reason: "no queries", checking: Checking(sql: "CREATE TABLE t (i int)"), subject: "database",
            status: .notRun, words: "no queries of its own"),
    ]

    static let queries = [
        hot("SELECT * FROM t WHERE i = 42", "an index", "CREATE INDEX t_i ON t (i)", uses: "t_i")
            .passes("uses public.t_i", "used"),
        hot(
            "SELECT * FROM few WHERE i = 42", "a small table is read whole",
            "CREATE TABLE few AS SELECT 1 AS i; CREATE INDEX few_i ON few (i)", uses: "few_i"
        ).passes("uses public.few_i", "could be used", "the tables are small"),
        hot(
            "SELECT * FROM t WHERE i > 0", "a large table is read whole", "CREATE INDEX t_i ON t (i)", uses: "t_i"
        ).says(.failed, .objective, "uses public.t_i", "not used", "although the tables are large"),
        hot(
            "SELECT * FROM t WHERE i = 42", "an index on something else", "CREATE INDEX t_j ON t (j)", uses: "t_j"
        ).says(.failed, .objective, "uses public.t_j", "not used", "even where it may not read tables whole"),
        hot(
            "SELECT * FROM t WHERE i = 42", "an index on what the query does not ask for",
            "CREATE INDEX t_i ON t (i) WHERE j > 5", uses: "t_i"
        ).says(.failed, .objective, "uses public.t_i", "not used", "even where it may not read tables whole"),
        hot("SELECT * FROM t WHERE i = 42", "no index", "", uses: "t_i")
            .says(.failed, .expectation, "uses public.t_i", "no such index", "none by that name"),
        hot(
            "SELECT * FROM p WHERE i = 42 AND j < 9", "the indexes of partitions",
            """
            CREATE TABLE p (i int, j int) PARTITION BY HASH (j);
            CREATE TABLE p_0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE "P 1" PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            INSERT INTO p SELECT i, i FROM generate_series(1, 20000) AS i; CREATE INDEX "p i" ON p (i)
            """, uses: "p i"
        ).passes("uses public.p i", "used"),
        hot("SELECT nonsense FROM t", "a column that is not there", "CREATE INDEX t_i ON t (i)", uses: "t_i")
            .says(
                .failed, .expectation, "an answer", "ERROR: column \"nonsense\" does not exist (SQLSTATE 42703)",
                "asks for a table or a column"),
        hot("SELECT * FROM gone", "a table that was not restored", "CREATE INDEX t_i ON t (i)", uses: "t_i")
            .says(
                .failed, .expectation, "an answer", "ERROR: relation \"gone\" does not exist (SQLSTATE 42P01)",
                "a column that the restored database does not have"),
        hot(
            "SELECT * FROM b.t WHERE i = 42", "an index of the same name in another schema",
            """
            CREATE SCHEMA a; CREATE TABLE a.t (i int); CREATE INDEX ix ON a.t (i);
            CREATE SCHEMA b; CREATE TABLE b.t AS SELECT i FROM t; CREATE INDEX ix ON b.t (i)
            """, uses: "ix", in: "a"
        ).says(.failed, .objective, "uses a.ix", "not used", "even where it may not read tables whole"),
        CheckRow(
            id: "queries", reason: "no queries", checking: Checking(sql: "CREATE TABLE t (i int)"), subject: "database",
            status: .notRun, words: "names no queries"),
    ]

    /// What is asked, before what must be said.
    private struct Asked {
        let id: CheckID
        let reason: String
        let checking: Checking

        func passes(_ expected: String, _ observed: String, _ words: String = "") -> CheckRow {
            says(.passed, nil, expected, observed, words)
        }

        func says(
            _ status: CheckStatus, _ cause: Cause?, _ expected: String, _ observed: String, _ words: String
        ) -> CheckRow {
            CheckRow(
                id: id, reason: reason, checking: checking, subject: "q", status: status, cause: cause, basis: .plan,
                expected: expected, observed: observed, words: words)
        }
    }

    private static func answering(
        _ query: String, _ reason: String, _ expect: (inout SQLExpectation) -> Void
    ) -> Asked {
        var expectation = SQLExpectation(name: "q", query: query)
        expect(&expectation)
        var plan = CheckPlan()
        plan.sql = [expectation]
        return Asked(
            id: "sql", reason: reason,
            checking: Checking(
                sql: """
                    CREATE TABLE t (i int, a text); INSERT INTO t VALUES (1, 'secret'), (2, 'b'), (3, NULL);
                    CREATE SEQUENCE s
                    """, plan: plan))
    }

    private static func hot(
        _ query: String, _ reason: String, _ sql: String, uses index: String, in schema: String = "public"
    ) -> Asked {
        var plan = CheckPlan()
        plan.queries = [
            QueryExpectation(name: "q", query: query, uses: [TableName(schema: schema, name: index)])
        ]
        return Asked(
            id: "queries", reason: reason,
            checking: Checking(
                sql: "CREATE TABLE t AS SELECT i, i AS j FROM generate_series(1, 300000) AS i; \(sql)", plan: plan))
    }
}
