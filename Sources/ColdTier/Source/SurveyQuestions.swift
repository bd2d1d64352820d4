import Postgres
import Rows

/// The queries about a relation's cold rows: for each period, how many rows there are, in which pages, and their first
/// and last time.
struct SurveyQuestions: Sendable {
    private let period: SlicePeriod
    private let timeZone: String
    private let cutoff: String
    private let type: String
    /// The name of the time column, quoted.
    private let column: String
    private let leaves: [SourceTable.Leaf]
    /// An SQL aggregate over rows `t` that is asked together with the others; nil if there is none.
    private let also: String?

    /// A relation that may have cold rows.
    struct ColdLeaf: Sendable {
        let leaf: SourceTable.Leaf
        /// True if the bounds say that all of its rows are cold and of one period, so that they only have to be
        /// counted.
        let isWhole: Bool
    }

    init(_ table: SourceTable, _ slicing: ExportManifest.Slicing, cutoff: String, also: String? = nil) {
        self.also = also
        period = slicing.by
        timeZone = slicing.timeZone
        self.cutoff = cutoff
        type = table.timeType
        column = quoteIdentifier(table.request.timeColumn)
        leaves = table.leaves
    }

    /// The relations that may have cold rows: all except partitions that begin at or after the cutoff.
    /// - Throws: ``PostgresError``.
    func coldLeaves(over connection: Connection) async throws -> [ColdLeaf] {
        var cold: [ColdLeaf] = []
        for leaf in leaves {
            guard let (lower, upper) = leaf.bounds else {
                cold.append(ColdLeaf(leaf: leaf, isWhole: false))
                continue
            }
            let (lowerSQL, upperSQL) = ("\(quoteLiteral(lower))::\(type)", "\(quoteLiteral(upper))::\(type)")
            let row = try await connection.query(
                """
                SELECT \(lowerSQL) < $1::\(type) AS is_cold, \(upperSQL) <= $1::\(type)
                    AND \(start(of: lowerSQL)) = \(start(of: "(\(upperSQL) - interval '1 microsecond')")) AS is_whole
                """, [cutoff])[0]
            if try row.need("is_cold") { cold.append(ColdLeaf(leaf: leaf, isWhole: try row.need("is_whole"))) }
        }
        return cold
    }

    /// - Parameter known: names of slices that are counted now even if counting could wait.
    /// - Throws: ``PostgresError``.
    func ask(
        about cold: ColdLeaf, known: Set<String>, over connection: Connection, deadline: Duration
    ) async throws -> [(SlicePeriodStart, SurveyedLeaf)] {
        let leaf = cold.leaf
        if cold.isWhole, let bounds = leaf.bounds {
            guard leaf.pages > 0 else { return [] }
            let lower = "\(quoteLiteral(bounds.lower))::\(type)"
            let row = try await connection.query("\(periods) FROM (SELECT \(start(of: lower)) AS start) s")[0]
            let period = try SlicePeriodStart(row, period)
            let count = known.contains(period.name) ? try await count(leaf, over: connection, deadline: deadline) : nil
            // A partition that has pages, and was counted to have no rows, has nothing to export.
            guard count?.rows != 0 else { return [] }
            return [
                (
                    period,
                    SurveyedLeaf(
                        leaf: leaf, isWhole: true, firstPage: 0, lastPage: leaf.pages - 1, count: count,
                        answer: try await answer(of: leaf, over: connection, deadline: deadline))
                )
            ]
        }
        let found = "\(counted), \(pages), \(also ?? "NULL") AS answer FROM ONLY \(leaf.name.sql) t"
        let query =
            "SELECT \(start(of: "t.\(column)")) AS start, \(found) "
            + "WHERE t.\(column) < $1::\(type) OR t.\(column) IS NULL GROUP BY 1"
        return try await connection.query(
            "\(periods), rows, minimum, maximum, first_page, last_page, answer FROM (\(query)) s", [cutoff],
            deadline: deadline
        ).map { row in
            (
                try SlicePeriodStart(row, period),
                SurveyedLeaf(
                    leaf: leaf, isWhole: false, firstPage: try row.need("first_page"),
                    lastPage: try row.need("last_page"),
                    count: try RowCount(row), answer: try row.get("answer"))
            )
        }
    }

    /// Asks all rows of a relation the other question. There is a second pass over its pages then, which reads no value that
    /// is stored out of line, unless it is an array.
    private func answer(
        of leaf: SourceTable.Leaf, over connection: Connection, deadline: Duration
    ) async throws -> String? {
        guard let also else { return nil }
        return try await connection.query("SELECT \(also) FROM ONLY \(leaf.name.sql) t", deadline: deadline)[0].get(
            at: 0)
    }

    /// Counts all rows of a relation.
    /// - Throws: ``PostgresError``.
    func count(_ leaf: SourceTable.Leaf, over connection: Connection, deadline: Duration) async throws -> RowCount {
        try RowCount(
            await connection.query("SELECT \(counted) FROM ONLY \(leaf.name.sql) t", deadline: deadline)[0])
    }

    private var counted: String {
        """
        pg_catalog.count(*) AS rows, pg_catalog.min(t.\(column))::text AS minimum, pg_catalog.max(t.\(column))::text AS maximum
        """
    }

    private var pages: String {
        """
        (pg_catalog.min(t.ctid)::text::point)[0]::int8 AS first_page, (pg_catalog.max(t.ctid)::text::point)[0]::int8 AS last_page
        """
    }

    /// SQL that gives a period from its `start`, in the columns that ``SlicePeriodStart`` reads.
    private var periods: String {
        """
        SELECT start::text AS start, CASE WHEN pg_catalog.isfinite(start) THEN \(back("start"))::text END AS "from",
            CASE WHEN pg_catalog.isfinite(start) THEN \(back("start + interval '1 \(period.rawValue)'"))::text END AS "to"
        """
    }

    // MARK: Between the column and the calendar

    private var isZoned: Bool { type == "timestamp with time zone" }

    /// SQL: converts a moment of the column's type to the local time of the time zone.
    private func local(_ moment: String) -> String {
        isZoned ? "pg_catalog.timezone(\(quoteLiteral(timeZone)), \(moment))" : "(\(moment))::timestamp"
    }

    /// SQL: converts local time back to the column's type.
    private func back(_ local: String) -> String {
        isZoned ? "pg_catalog.timezone(\(quoteLiteral(timeZone)), \(local))" : "(\(local))::\(type)"
    }

    /// SQL: the beginning of a moment's period. If clocks go back across the beginning of a period, its first hour
    /// occurs twice; the period then begins with the second one, which is how PostgreSQL reads such a time.
    private func start(of moment: String) -> String {
        let start = "pg_catalog.date_trunc('\(period.rawValue)', \(local(moment)))"
        guard isZoned else { return start }
        return "CASE WHEN \(moment) < \(back(start)) THEN \(start) - interval '1 \(period.rawValue)' ELSE \(start) END"
    }
}
