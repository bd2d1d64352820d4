import Postgres
import Rows

/// What a relation is asked of its cold rows: how many there are of each period, where they lie, from when to when they are.
struct SurveyQuestions: Sendable {
    private let period: SlicePeriod
    private let timeZone: String
    private let cutoff: String
    private let type: String
    private let isOptional: Bool
    /// Quoted.
    private let column: String
    private let leaves: [SourceTable.Leaf]

    /// A relation that may have cold rows.
    struct ColdLeaf: Sendable {
        let leaf: SourceTable.Leaf
        /// Its bounds say that all of its rows are cold and of one period, so they need only be counted.
        let isWhole: Bool
    }

    init(_ table: SourceTable, _ slicing: ExportManifest.Slicing, cutoff: String) {
        period = slicing.by
        timeZone = slicing.timeZone
        self.cutoff = cutoff
        type = table.timeType
        isOptional = table.timeIsOptional
        column = quoteIdentifier(table.request.timeColumn)
        leaves = table.leaves
    }

    /// The relations that may have cold rows: all but partitions that begin behind the cutoff.
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
                    AND \(start(of: local(lowerSQL))) = \(start(of: "\(local(upperSQL)) - interval '1 microsecond'")) AS is_whole
                """, [cutoff])[0]
            if try row.need("is_cold") { cold.append(ColdLeaf(leaf: leaf, isWhole: try row.need("is_whole"))) }
        }
        return cold
    }

    /// - Throws: ``PostgresError``.
    func ask(
        about cold: ColdLeaf, over connection: Connection, deadline: Duration
    ) async throws -> [(SlicePeriodStart, SurveyedLeaf)] {
        try await connection.query(query(cold), cold.isWhole ? [] : [cutoff], deadline: deadline).map { row in
            (
                try SlicePeriodStart(row, period),
                SurveyedLeaf(
                    leaf: cold.leaf, rows: try row.need("rows"), firstPage: try row.need("first_page"),
                    lastPage: try row.need("last_page"), minimum: try row.get("minimum"),
                    maximum: try row.get("maximum"))
            )
        }
    }

    private func query(_ cold: ColdLeaf) -> String {
        let counted = """
            pg_catalog.count(*) AS rows, (pg_catalog.min(t.ctid)::text::point)[0]::int8 AS first_page,
                (pg_catalog.max(t.ctid)::text::point)[0]::int8 AS last_page,
                pg_catalog.min(t.\(column))::text AS minimum, pg_catalog.max(t.\(column))::text AS maximum
            FROM ONLY \(cold.leaf.name.sql) t
            """
        let periods: String
        if cold.isWhole, let bounds = cold.leaf.bounds {
            let lower = local("\(quoteLiteral(bounds.lower))::\(type)")
            periods = "SELECT \(start(of: lower)) AS start, \(counted) HAVING pg_catalog.count(*) > 0"
        } else {
            let timed =
                "SELECT \(start(of: local("t.\(column)"))) AS start, \(counted) WHERE t.\(column) < $1::\(type) GROUP BY 1"
            let timeless =
                "SELECT NULL::timestamp AS start, \(counted) WHERE t.\(column) IS NULL HAVING pg_catalog.count(*) > 0"
            periods = isOptional ? "\(timed) UNION ALL \(timeless)" : timed
        }
        return """
            SELECT start::text AS start,
                CASE WHEN pg_catalog.isfinite(start) THEN \(back("start"))::text END AS "from",
                CASE WHEN pg_catalog.isfinite(start) THEN \(back("start + interval '1 \(period.rawValue)'"))::text END AS "to",
                rows, first_page, last_page, minimum, maximum
            FROM (\(periods)) s
            """
    }

    // MARK: Between the column and the calendar

    private var isZoned: Bool { type == "timestamp with time zone" }

    /// A moment of the column's type as the calendar of the time zone has it.
    private func local(_ moment: String) -> String {
        isZoned ? "pg_catalog.timezone(\(quoteLiteral(timeZone)), \(moment))" : "(\(moment))::timestamp"
    }

    /// The other way.
    private func back(_ local: String) -> String {
        isZoned ? "pg_catalog.timezone(\(quoteLiteral(timeZone)), \(local))" : "(\(local))::\(type)"
    }

    private func start(of local: String) -> String { "pg_catalog.date_trunc('\(period.rawValue)', \(local))" }
}
