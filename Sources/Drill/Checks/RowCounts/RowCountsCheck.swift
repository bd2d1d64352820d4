import Backup
import Findings
import PlanFile
import Postgres

/// How many rows does each table have?
struct RowCountsCheck: Check {
    static let description = CheckDescription(
        id: .rowCounts,
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

    static func demands(of node: PlanNode) throws(PlanError) -> [TableName: RowCountExpectation]? {
        try node.byTable(RowCountExpectation.init)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        [Self.rows]
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let withoutRows = tablesWithoutRows(in: context)
        let expectations = context.expectations.of(Self.self)
        let known = context.catalogue.tables.flatMap { table in
            let bounds = expectations.on(table.name).filter { $0.demand.isBound }
            return withoutRows.tables.contains(table.name) && bounds.isEmpty
                ? [Self.leftOut(table.name)] : findings(about: table, bounds, in: context, answers)
        }
        let present = Set(context.catalogue.tables.map(\.name.onOneLine))
        let absent = expectations.names().filter { !present.contains($0.onOneLine) }.sorted().flatMap { name in
            Self.absent(name, expectations.on(name), in: context)
        }
        let nothing =
            withoutRows.isEverything
            ? Self.noRowsAtAll("the schema alone (--schema-only)")
            : context.contents.isStatisticsAlone
                ? Self.noRowsAtAll("planner statistics alone (--statistics-only)") : nil
        return [nothing].compactMap { $0 } + absent + known
    }

    private static func absent(
        _ name: TableName, _ expectations: [Based<RowCountExpectation>], in context: CheckContext
    ) -> [Finding] {
        let isInBackup = expectations.contains { $0.basis == .archive }
        return expectations.map { expectation in
            let basis = expectation.basis
            return Finding(
                absent: name.description, id: id, basis: basis,
                expected: expectation.demand.isBound ? expectation.demand.words : "the table exists",
                observed: "no such table",
                reason: isInBackup
                    ? "the backup names this table, and it was not restored; see the check restore"
                    : "\(basis.source) expects this table, and the backup does not have it\(basis.ifWritten(", unless the plan names it wrongly"))",
                in: context)
        }
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

    private static func noRowsAtAll(_ held: String) -> Finding {
        Finding(
            id: id, subject: "database", status: .failed, basis: .rule, expected: "the rows of the tables",
            observed: "no rows of any table", reason: "the dump holds \(held): no row can be recovered", cause: .backup)
    }

    // MARK: Counting

    /// One finding for each expectation, or one that tells the count where nothing bounds it.
    private func findings(
        about table: Table, _ bounds: [Based<RowCountExpectation>], in context: CheckContext, _ answers: ScanAnswers
    ) -> [Finding] {
        let subject = table.name.description
        do throws(PostgresError) {
            let rows = try answers.sum(Self.rows, over: context.catalogue.leaves(of: table))
            let observed = counted(rows, "row")
            guard !bounds.isEmpty else {
                return [Finding(id: Self.id, subject: subject, status: .passed, observed: observed)]
            }
            return bounds.map { bound in
                var finding = Finding(
                    id: Self.id, subject: subject, status: .passed, basis: bound.basis, expected: bound.demand.words,
                    observed: observed)
                if !bound.demand.allows(rows) {
                    finding.status = .failed
                    finding.cause = bound.basis.fault
                    finding.reason = "the table does not have as many rows as \(bound.basis.source) expects"
                }
                return finding
            }
        } catch {
            guard !bounds.isEmpty else { return [Finding(inconclusive: Self.id, subject: subject, because: error)] }
            return bounds.map {
                Finding(
                    inconclusive: Self.id, subject: subject, basis: $0.basis, expected: $0.demand.words, because: error)
            }
        }
    }
}
