import Findings
import Postgres

@testable import Checks

extension CheckRow {
    static let schemaVersion = [
        version("the one that is expected", "int", "1, 9, 8", .exactly("9")),
        version("an older one", "int", "1, 8", .exactly("9"), found: "8", .failed, "not of the version"),
        version("a later one", "int", "10", .exactly("9"), found: "10", .failed, "not of the version"),
        version("the minimum", "int", "9", least("9")),
        version("later than the minimum", "int", "9, 10, NULL", least("9"), found: "10"),
        version("below the minimum", "int", "8", least("9"), found: "8", .failed, "not of the version"),
        version("numbers as text", "text", "'9', '10', '8'", .exactly("10")),
        version("numbers with dots as text", "text", "'1.9', '1.10', '1.2.7'", least("1.9.5"), found: "1.10"),
        version("numbers with zeros before them", "text", "'001', '010', '009'", .exactly("010")),
        version(
            "times and words", "varchar(40)", "'20240131_add_crops', '20231231_init'", .exactly("20240131_add_crops")),
        version(
            "words have no minimum", "text", "'20240131_add_crops'", least("20240101"), found: "20240131_add_crops",
            .inconclusive, "name it as expected"),
        version(
            "looks the same and is not", "text", "'\u{e9}'", .exactly("e\u{301}"), found: "\u{e9}", .failed,
            "not of the version"),
        version("no rows", "int", "", .exactly("9"), found: "no version", .failed, "the table says no version"),
        version("only NULL", "int", "NULL", least("9"), found: "no version", .failed, "the table says no version"),
        version(
            "a type without an order", "json", "'9'", .exactly("9"), found: "SQLSTATE 42883", .inconclusive,
            "could not be asked"),
        CheckRow(
            id: "schema-version", reason: "no such column",
            checking: asking(.exactly("9"), "CREATE TABLE t (version int)"), subject: "public.t.v \"ö\"",
            status: .failed, cause: .expectation, basis: .plan, expected: "9", observed: "no such column",
            words: "does not have it"),
        CheckRow(
            id: "schema-version", reason: "no such table", checking: asking(.exactly("9"), ""),
            subject: "public.t.v \"ö\"", status: .failed, cause: .expectation, basis: .plan, expected: "9",
            observed: "no such table", words: "does not have it"),
        CheckRow(
            id: "schema-version", reason: "a partitioned table says it",
            checking: asking(
                least("9"),
                #"""
                CREATE TABLE t ("v ""ö""" int) PARTITION BY LIST ("v ""ö"""); CREATE TABLE t_1 PARTITION OF t DEFAULT;
                INSERT INTO t VALUES (9)
                """#), subject: "public.t.v \"ö\"", status: .passed, basis: .plan, expected: "9 or later", observed: "9"
        ),
        CheckRow(
            id: "schema-version", reason: "the plan names no table", checking: Checking(), subject: "database",
            status: .notRun, words: "the plan names no table that says it (checks.schema-version)"),
    ]

    private static func least(_ version: String) -> SchemaVersionExpectation.Demand {
        .minimum(VersionNumber(parsing: version)!)
    }

    /// - Parameters:
    ///   - values: of the table's column, in SQL.
    ///   - found: the version that is told; nil for the one that is demanded.
    private static func version(
        _ reason: String, _ type: String, _ values: String, _ demand: SchemaVersionExpectation.Demand,
        found: String? = nil, _ status: CheckStatus = .passed, _ words: String = ""
    ) -> CheckRow {
        let sql = #"""
            CREATE TABLE t ("v ""ö""" \#(type)); INSERT INTO t SELECT unnest(ARRAY[\#(values)]::\#(type)[])
            """#
        let wanted = SchemaVersionExpectation(column: column, demand: demand).words
        return CheckRow(
            id: "schema-version", reason: reason, checking: asking(demand, sql), subject: "public.t.v \"ö\"",
            status: status, cause: status == .passed ? nil : status == .failed ? .expectation : .environment,
            basis: .plan,
            expected: wanted, observed: found ?? wanted.replacing(" or later", with: ""), words: words)
    }

    private static let column = ColumnName(table: TableName(schema: "public", name: "t"), name: "v \"ö\"")

    private static func asking(_ demand: SchemaVersionExpectation.Demand, _ sql: String) -> Checking {
        var plan = CheckPlan()
        plan.schemaVersion = SchemaVersionExpectation(column: column, demand: demand)
        return Checking(sql: sql, plan: plan)
    }
}
