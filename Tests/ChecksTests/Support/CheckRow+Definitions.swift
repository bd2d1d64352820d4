import Findings
import Foundation
import Postgres

@testable import Checks

extension CheckRow {
    /// The SHA-256 of `a integer`.
    private static let oneColumn = "15:0698cd2c5386dec5e73bc94d265ce28deeb8aebb9e798f087a48d17a79ee3a2b"

    private static func earlier(
        _ definition: String?, rows: Int64? = nil, table: String = "t", _ demand: HistoryDemand = HistoryDemand()
    ) -> EarlierDrill {
        EarlierDrill(
            started: Checking.noon,
            tables: [.init(name: TableName(schema: "public", name: table), rows: rows, definition: definition)],
            demand: demand)
    }

    /// An earlier drill that kept the definition of a table.
    static let earlierWithOneTable = earlier(oneColumn, table: "a")

    static let definitions = [
        CheckRow(
            id: "definitions", reason: "it is as it was",
            checking: Checking(sql: "CREATE TABLE t (a int)", earlier: earlier(oneColumn)), subject: "tables",
            status: .passed, basis: .history, expected: "as in the drill of 2026-05-01T12:00:00Z",
            observed: "1 table, 0 changed"),
        CheckRow(
            id: "definitions", reason: "it has an index more, which is told",
            checking: Checking(sql: "CREATE TABLE t (a int UNIQUE)", earlier: earlier(oneColumn)), subject: "public.t",
            status: .passed, basis: .history, expected: "as in the drill of 2026-05-01T12:00:00Z",
            observed: "another definition", words: "is not as it was"),
        CheckRow(
            id: "definitions", reason: "it has another type, and the plan says that this fails",
            checking: Checking(
                sql: "CREATE TABLE t (a bigint)", earlier: earlier(oneColumn, HistoryDemand(definitions: .fail))),
            subject: "public.t", status: .failed, cause: .expectation, basis: .history,
            expected: "as in the drill of 2026-05-01T12:00:00Z", observed: "another definition",
            words: "is not as it was"),
        CheckRow(
            id: "definitions", reason: "no earlier drill", checking: Checking(sql: "CREATE TABLE t (a int)"),
            subject: "database", status: .notRun, words: "no drill of it has passed"),
        CheckRow(
            id: "definitions", reason: "it was printed by another major version",
            checking: Checking(sql: "CREATE TABLE t (a int)", earlier: earlier("14:1234")), subject: "database",
            status: .notRun, words: "no drill of it has passed"),
    ]

    /// What an earlier drill shows of rows.
    static let earlierRows = [
        CheckRow(
            id: "row-counts", reason: "a table fell by no more than it may",
            checking: Checking(
                sql: "CREATE TABLE t AS SELECT FROM generate_series(1, 90)",
                earlier: earlier(nil, rows: 100, HistoryDemand(mayFall: 10))), subject: "public.t", status: .passed,
            basis: .history,
            expected: "at least 90 rows (100 rows in the drill of 2026-05-01T12:00:00Z, and may fall by 10 %)",
            observed: "90 rows"),
        CheckRow(
            id: "row-counts", reason: "a table fell by more than it may",
            checking: Checking(
                sql: "CREATE TABLE t AS SELECT FROM generate_series(1, 89)",
                earlier: earlier(nil, rows: 100, HistoryDemand(mayFall: 10))), subject: "public.t", status: .failed,
            cause: .expectation, basis: .history,
            expected: "at least 90 rows (100 rows in the drill of 2026-05-01T12:00:00Z, and may fall by 10 %)",
            observed: "89 rows", words: "the history of drills expects"),
        CheckRow(
            id: "row-counts", reason: "no row of few may go where few are less than a part",
            checking: Checking(
                sql: "CREATE TABLE t AS SELECT FROM generate_series(1, 2)",
                earlier: earlier(nil, rows: 3, HistoryDemand(mayFall: 10))), subject: "public.t", status: .failed,
            cause: .expectation, basis: .history,
            expected: "at least 3 rows (3 rows in the drill of 2026-05-01T12:00:00Z, and may fall by 10 %)",
            observed: "2 rows", words: "the history of drills expects"),
        CheckRow(
            id: "row-counts", reason: "rows are not compared where the plan does not say by how much they may fall",
            checking: Checking(sql: "CREATE TABLE t (a int)", earlier: earlier(nil, rows: 100)), subject: "public.t",
            status: .passed, observed: "0 rows"),
        CheckRow(
            id: "row-counts", reason: "a table is gone",
            checking: Checking(sql: "CREATE TABLE t (a int)", earlier: earlier(nil, rows: 100, table: "gone")),
            subject: "public.gone", status: .failed, cause: .expectation, basis: .history, expected: "the table exists",
            observed: "no such table",
            words: "the history of drills expects this table"),
    ]
}
