import Backup
import Findings
import Postgres
import Restore

/// How many rows does each table have?
struct RowCountsCheck: Check {
    static let description = CheckDescription(
        id: "row-counts",
        asks: "How many rows does each table have, and is that what it should have?",
        covers: """
            The exact count of every table, of every leaf of a partitioned table, and of its root as their sum. Tables \
            that the backup names must exist. Minimum, maximum or exact value where the plan gives one.
            """,
        doesNotCover: """
            Whether the right rows are there: a row lost and another one added leave the count as it was. Views, \
            materialized views and foreign tables are not counted.
            """,
        notRun: "the database has no tables",
        example: """
            farmers: { minimum: 100 }
            crm.orders: { exactly: 4711 }
            """)

    static let rows = ScanQuestion(aggregate: "count(*)")

    let expectations: [TableName: RowCountExpectation]

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        [Self.rows]
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let withoutRows = tablesWithoutRows(in: context)
        let known = context.catalogue.tables.map { table in
            withoutRows.tables.contains(table.name) && expectations[table.name] == nil
                ? Self.leftOut(table.name) : finding(about: table, in: context, answers)
        }
        let named = Set(context.contents.objects.filter { $0.kind == "TABLE" }.map(\.tableName))
        let present = Set(context.catalogue.tables.map(\.name.onOneLine))
        let absent = named.union(expectations.keys).filter { !present.contains($0.onOneLine) }.sorted().map { name in
            Finding(
                absent: name.description, id: Self.id, basis: expectations[name] == nil ? .archive : .plan,
                expected: expectations[name]?.words ?? "the table exists", observed: "no such table",
                reason: named.contains(name)
                    ? "the backup names this table, and it was not restored; see the check restore"
                    : "the plan expects this table, and the backup does not have it, unless the plan names it wrongly",
                in: context)
        }
        return (withoutRows.isEverything ? [Self.noRowsAtAll] : []) + absent + known
    }

    // MARK: Rows that are not in the backup

    /// The tables whose rows the dump left out: it names the table, but no data of it.
    private func tablesWithoutRows(in context: CheckContext) -> (tables: Set<TableName>, isEverything: Bool) {
        func names(_ kind: String) -> Set<TableName> {
            Set(context.contents.objects.filter { $0.kind == kind }.map(\.tableName.onOneLine))
        }
        let named = names("TABLE")
        let filled = names("TABLE DATA")
        let tables = context.catalogue.tables.filter { table in
            !table.isPartitioned && named.contains(table.name.onOneLine) && !filled.contains(table.name.onOneLine)
        }
        return (Set(tables.map(\.name)), filled.isEmpty && !tables.isEmpty)
    }

    private static func leftOut(_ name: TableName) -> Finding {
        Finding(
            id: id, subject: name.description, status: .notRun, basis: .archive,
            reason: "the dump leaves out this table's rows (--exclude-table-data, --schema-only)")
    }

    private static let noRowsAtAll = Finding(
        id: id, subject: "database", status: .failed, basis: .rule, expected: "the rows of the tables",
        observed: "no rows of any table",
        reason: "the dump holds the schema alone (--schema-only): no row can be recovered",
        cause: .backup)

    // MARK: Counting

    private func finding(about table: Table, in context: CheckContext, _ answers: ScanAnswers) -> Finding {
        let expectation = expectations[table.name]
        do throws(PostgresError) {
            var rows: Int64 = 0
            for leaf in context.catalogue.leaves(of: table) { rows += try answers.number(Self.rows, of: leaf) ?? 0 }
            var finding = Finding(
                id: Self.id, subject: table.name.description, status: .passed,
                basis: expectation == nil ? nil : .plan, expected: expectation?.words, observed: counted(rows, "row"))
            if let expectation, !expectation.allows(rows) {
                finding.status = .failed
                finding.cause = .backup
                finding.reason = "the table does not have as many rows as the plan expects"
            }
            return finding
        } catch {
            return Finding(
                couldNotTell: Self.id, subject: table.name.description, basis: expectation == nil ? nil : .plan,
                expected: expectation?.words, because: error)
        }
    }
}

extension ExpectedObject {
    var tableName: TableName { TableName(schema: schema ?? "public", name: name) }
}
