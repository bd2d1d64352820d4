import Archive
import Backup
import Findings
import Rows

@testable import Checks

extension CheckRow {
    static let content = [
        row("the same rows, in another order", two, holding(["2\t\\N", "1\ta"]), .passed, digest(["1\ta", "2\t\\N"])),
        row(
            "another value", two, holding(["1\tb", "2\t\\N"]), .failed, digest(["1\ta", "2\t\\N"]),
            words: "does not hold the rows that the backup has"),
        row(
            "a row less", two, holding(["1\ta", "2\t\\N", "3\t\\N"]), .failed, digest(["1\ta", "2\t\\N"]),
            words: "does not hold"),
        row(
            "columns in another order", two, holding(["a\t1", "\\N\t2"], ["x", "i"]), .passed,
            digest(["a\t1", "\\N\t2"])),
        row(
            "no columns", "CREATE TABLE t (); INSERT INTO t DEFAULT VALUES", holding([""], []), .passed, digest([""])),
        row(
            "bytea in the older form", "CREATE TABLE t (i int, x bytea); INSERT INTO t VALUES (1, '\\x00ff')",
            holding(["1\t\\\\000\\\\377"]), .passed, digest(["1\t\\\\000\\\\377"])),
        row(
            "times in UTC", "CREATE TABLE t (i int, x timestamptz); INSERT INTO t VALUES (1, '2022-07-01 14:00+02')",
            holding(["1\t2022-07-01 12:00:00+00"], times: ["x"]), .passed, digest(["1\t2022-07-01 12:00:00+00"])),
        row(
            "another time", "CREATE TABLE t (i int, x timestamptz); INSERT INTO t VALUES (1, '2022-07-01 14:00+02')",
            holding(["1\t2022-07-01 13:00:00+00"], times: ["x"]), .failed, digest(["1\t2022-07-01 12:00:00+00"]),
            words: "does not hold"),
        row(
            "times in a range, in the time zone of the source",
            "CREATE TABLE t (i int, x tstzrange); INSERT INTO t VALUES (1, '[2022-07-01 14:00+02,)')",
            holding(["1\t[\"2022-07-01 14:00:00+02\",)"]), .notRun, digest(["1\t[\"2022-07-01 12:00:00+00\",)"]),
            words: "x (timestamp with time zone)"),
        row(
            "money, in the locale of the source", "CREATE TABLE t (i int, x money); INSERT INTO t VALUES (1, 2)",
            holding(["1\t2,00 €"]), .inconclusive, digest(["1\t$2.00"]), words: "lc_monetary"),
        row(
            "rows that moved between partitions", parts,
            BackupData(tables: [leaf("t_1", ["2\tb"]), leaf("t_2", ["1\ta"])]), .passed, digest(["1\ta", "2\tb"])),
        CheckRow(
            id: "content", reason: "rows as INSERT statements",
            checking: Checking(
                sql: two,
                data: BackupData(tables: [TableContents(schema: "public", name: "t", isDefined: true, rows: 3)])),
            subject: "public.t", status: .failed, cause: .backup, basis: .archive, expected: "3 rows",
            observed: "2 rows", words: "does not hold"),
        CheckRow(
            id: "content", reason: "statements of somebody else",
            checking: Checking(sql: two, data: BackupData(tables: [leaf("t", [])], mayChangeRows: true)),
            subject: "database", status: .notRun, basis: .archive, words: "pg_dump does not write"),
        CheckRow(
            id: "content", reason: "nobody read the backup", checking: Checking(sql: two), subject: "database",
            status: .notRun, words: "does not say"),
    ]

    /// Of a table `a` whose rows are compared, and of a table `b_1` whose rows are counted.
    static let contentOfLostTables = BackupData(tables: [
        TableContents(schema: "public", name: "a", isDefined: true, columns: ["i"], rows: 1, digest: digest(["1"])),
        TableContents(schema: "public", name: "b_1", isDefined: true, rows: 1),
    ])

    private static let two = "CREATE TABLE t (i int, x text); INSERT INTO t VALUES (1, 'a'), (2, NULL)"

    private static let parts = """
        CREATE TABLE t (i int, x text) PARTITION BY LIST (i);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);
        INSERT INTO t VALUES (1, 'a'), (2, 'b')
        """

    private static func row(
        _ reason: String, _ sql: String, _ data: BackupData, _ status: CheckStatus, _ observed: TableDigest,
        words: String = ""
    ) -> CheckRow {
        let expected = data.tables.reduce(into: TableDigest()) { sum, table in
            if let digest = table.digest { sum.add(digest) }
        }
        return CheckRow(
            id: "content", reason: reason, checking: Checking(sql: sql, data: data), subject: "public.t",
            status: status,
            cause: status == .failed ? .backup : status == .inconclusive ? .environment : nil, basis: .archive,
            expected: Self.words(expected), observed: Self.words(observed), words: words)
    }

    private static func words(_ digest: TableDigest) -> String {
        "\(counted(digest.rows, "row")), digest \(digest.hash)"
    }

    private static func holding(
        _ rows: [String], _ columns: [String] = ["i", "x"], times: Set<String> = []
    ) -> BackupData {
        BackupData(tables: [
            TableContents(
                schema: "public", name: "t", isDefined: true, columns: columns, rows: Int64(rows.count),
                digest: digest(rows), timeColumns: times)
        ])
    }

    private static func leaf(_ name: String, _ rows: [String]) -> TableContents {
        TableContents(
            schema: "public", name: name, isDefined: true, columns: ["i", "x"], isLoadedThroughRoot: true,
            rows: Int64(rows.count), digest: digest(rows))
    }

    private static func digest(_ rows: [String]) -> TableDigest {
        rows.reduce(into: TableDigest()) { digest, row in Array(row.utf8).withUnsafeBytes { digest.add(row: $0) } }
    }
}
