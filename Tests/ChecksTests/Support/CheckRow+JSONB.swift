import Findings
import Postgres

@testable import Checks

extension CheckRow {
    static let jsonb = [
        CheckRow(
            id: "jsonb", reason: "every value decodes",
            checking: Checking(sql: "CREATE TABLE t (j jsonb); INSERT INTO t VALUES ('{}'), (NULL), ('null')"),
            subject: "public.t.j", status: .passed, basis: .rule, expected: "every value decodes",
            observed: "2 values decoded"),
        CheckRow(
            id: "jsonb", reason: "an array of a domain over json",
            checking: Checking(
                sql: "CREATE DOMAIN d AS json; CREATE TABLE t (j json[], k d); INSERT INTO t VALUES ('{1,2}', '3')"),
            subject: "public.t.j", status: .passed, basis: .rule, expected: "every value decodes",
            observed: "1 value decoded"),
        CheckRow(
            id: "jsonb", reason: "a stored value that is no JSON",
            checking: Checking(sql: broken), subject: "public.t.j", status: .failed, cause: .backup, basis: .rule,
            expected: "every value decodes", observed: "SQLSTATE 22P02", words: "cannot be decoded"),
        CheckRow(
            id: "jsonb", reason: "the column beside it decodes", checking: Checking(sql: broken),
            subject: "public.t.k", status: .passed, basis: .rule, expected: "every value decodes",
            observed: "1 value decoded"),
        CheckRow(
            id: "row-counts", runsAll: true, reason: "and its rows are counted", checking: Checking(sql: broken),
            subject: "public.t", status: .passed, observed: "1 row"),
        CheckRow(
            id: "jsonb", reason: "values of the type that the plan wants",
            checking: demanding(.init(type: .object), "'{}', NULL"), subject: "public.t.j", status: .passed,
            basis: .plan, expected: "every value is of type object", observed: "all do"),
        CheckRow(
            id: "jsonb", reason: "null is a value of another type",
            checking: demanding(.init(type: .object), "'{}', 'null', '[]'"), subject: "public.t.j", status: .failed,
            cause: .expectation, basis: .plan, expected: "every value is of type object", observed: "2 values do not",
            words: "not what the plan says"),
        CheckRow(
            id: "jsonb", reason: "a predicate that a value does not satisfy, or has nothing to say of",
            checking: demanding(.init(every: ["$.a > 1"]), #"'{"a": 2}', '{"a": 1}', '{"b": 2}', '"x"', NULL"#),
            subject: "public.t.j", status: .failed, cause: .expectation, basis: .plan,
            expected: "every value satisfies $.a > 1", observed: "3 values do not", words: "not what the plan says"),
        CheckRow(
            id: "jsonb", reason: "a predicate with quotes of its own",
            checking: demanding(.init(every: [#"$.a == "it's""#]), #"'{"a": "it''s"}'"#), subject: "public.t.j",
            status: .passed, basis: .plan, expected: #"every value satisfies $.a == "it's""#,
            observed: "all do"),
        CheckRow(
            id: "jsonb", reason: "a predicate that is none is the plan's mistake",
            checking: demanding(.init(every: ["$.a =="]), "'{}'"), subject: "public.t.j", status: .inconclusive,
            cause: .environment, basis: .plan, expected: "every value satisfies $.a ==",
            observed: "ERROR: syntax error at end of jsonpath input (SQLSTATE 42601)",
            words: "look at the plan's type and jsonpath"),
        CheckRow(
            id: "jsonb", reason: "a column that is not there",
            checking: {
                var checking = demanding(.init(type: .object), "NULL")
                checking.sql = "CREATE TABLE t (j text)"
                return checking
            }(), subject: "public.t.j", status: .failed, cause: .expectation, basis: .plan, expected: "a JSON column",
            observed: "no such column", words: "no JSON column by that name"),
        CheckRow(
            id: "jsonb", reason: "no JSON", checking: Checking(sql: "CREATE TABLE t (i int)"), subject: "database",
            status: .notRun, words: "no JSON columns"),
    ]

    /// A cast that does not look lets text in as json.
    private static let broken = """
        CREATE TABLE t (j json, k jsonb); CREATE CAST (text AS json) WITHOUT FUNCTION;
        INSERT INTO t SELECT '{"secret": '::text::json, '{}'; DROP CAST (text AS json)
        """

    private static func demanding(_ expectation: JSONBExpectation, _ values: String) -> Checking {
        var plan = CheckPlan()
        plan.jsonb[ColumnName(table: TableName(schema: "public", name: "t"), name: "j")] = expectation
        return Checking(
            sql: "CREATE TABLE t (j jsonb); INSERT INTO t SELECT unnest(ARRAY[\(values)]::jsonb[])", plan: plan)
    }
}
