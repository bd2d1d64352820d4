import Postgres
import Rows

/// Which periods of a table are cold, and how many rows each relation has of them: counted by the database itself, in the
/// snapshot that is exported, so that it is known what must come out before anything does.
struct SliceSurvey: Sendable {
    let table: SourceTable
    /// In the order of their periods.
    let slices: [SurveyedSlice]

    /// - Parameter cutoff: the first moment that is not cold, as the table's time column has it.
    /// - Throws: ``PostgresError``.
    static func make(
        of table: SourceTable, before cutoff: String, _ slicing: ExportManifest.Slicing, over connection: Connection,
        deadline: Duration
    ) async throws -> SliceSurvey {
        let leaves = Dictionary(uniqueKeysWithValues: table.leaves.map { ($0.oid, $0) })
        let query = SurveyQuery(table, slicing)
        let rows = try await connection.query(
            query.text, [cutoff] + (query.needsZone ? [slicing.timeZone] : []), deadline: deadline)
        var slices: [SurveyedSlice] = []
        for row in rows {
            let period = try SlicePeriodStart(row, slicing.by)
            guard let leaf = leaves[try row.need("relation")] else {
                throw PostgresError.unexpectedAnswer("rows of \(table.name) in a relation that is no part of it")
            }
            if slices.last?.period != period { slices.append(SurveyedSlice(period: period, leaves: [])) }
            slices[slices.count - 1].leaves.append(
                SurveyedLeaf(
                    leaf: leaf, rows: try row.need("rows"), firstPage: try row.need("first_page"),
                    lastPage: try row.need("last_page"), minimum: try row.get("minimum"),
                    maximum: try row.get("maximum")))
        }
        return SliceSurvey(table: table, slices: slices)
    }
}

/// A period that is cold, with the relations that have rows of it.
struct SurveyedSlice: Sendable {
    let period: SlicePeriodStart
    var leaves: [SurveyedLeaf]

    var rows: Int64 { leaves.reduce(0) { $0 + $1.rows } }

    /// An estimate, of what is read from the database.
    var bytes: Int64 { leaves.reduce(0) { $0 + $1.bytes } }

    /// The smallest and the largest time of its rows.
    var times: TimeRange {
        leaves.reduce(into: TimeRange()) { range, leaf in
            for time in [leaf.minimum, leaf.maximum].compactMap({ $0.flatMap(DatabaseTime.init) }) { range.add(time) }
        }
    }

    /// The relations that can be dropped with the slice: partitions that can hold nothing but rows of this period. None
    /// unless they hold all of its rows.
    var partitions: [ExportManifest.Partition] {
        let whole = leaves.map(\.leaf).filter { period.contains($0.bounds) }
        guard whole.count == leaves.count else { return [] }
        return whole.map { ExportManifest.Partition(schema: $0.name.schema, name: $0.name.name) }
    }
}

/// What one relation has of a period.
struct SurveyedLeaf: Sendable {
    let leaf: SourceTable.Leaf
    let rows: Int64
    /// Between these pages lie all of these rows.
    let firstPage: Int64
    let lastPage: Int64
    let minimum: String?
    let maximum: String?

    /// An estimate: its share of the relation.
    var bytes: Int64 { leaf.pages == 0 ? 0 : leaf.bytes * (lastPage - firstPage + 1) / leaf.pages }
}

/// Where a period begins and ends, and what it is called.
struct SlicePeriodStart: Sendable, Equatable {
    /// Of the slice: `2022-07`.
    let name: String
    /// The first moment; nil for rows that have no time or lie before all time.
    let from: String?
    /// The first moment of the next period.
    let to: String?

    fileprivate init(_ row: Row, _ period: SlicePeriod) throws(PostgresError) {
        guard let start: String = try row.get("start") else {
            self.init(name: ExportManifest.Slice.nullName, from: nil, to: nil)
            return
        }
        guard start != "-infinity" else {
            self.init(name: ExportManifest.Slice.beforeTimeName, from: nil, to: nil)
            return
        }
        self.init(name: Self.name(of: start, period), from: try row.need("from"), to: try row.need("to"))
    }

    private init(name: String, from: String?, to: String?) {
        self.name = name
        self.from = from
        self.to = to
    }

    /// `2022-07` of `2022-07-01 00:00:00`; `0044-03 BC` of `0044-03-01 00:00:00 BC`.
    private static func name(of start: String, _ period: SlicePeriod) -> String {
        let day = start.prefix { $0 != " " }
        let parts = day.split(separator: "-").prefix([.year: 1, .month: 2, .day: 3][period]!)
        return parts.joined(separator: "-") + (start.hasSuffix(" BC") ? " BC" : "")
    }

    /// Whether a range of times lies within this period.
    func contains(_ bounds: (lower: String, upper: String)?) -> Bool {
        guard let bounds, let lower = DatabaseTime(bounds.lower), let upper = DatabaseTime(bounds.upper),
            let from = from.flatMap(DatabaseTime.init), let to = to.flatMap(DatabaseTime.init)
        else { return false }
        return from <= lower && upper <= to
    }
}

/// Rows by period and relation.
private struct SurveyQuery {
    /// $1 is the cutoff, $2 the time zone where one is needed.
    let text: String
    let needsZone: Bool

    init(_ table: SourceTable, _ slicing: ExportManifest.Slicing) {
        let column = quoteIdentifier(table.request.timeColumn)
        let type = table.timeType
        let isZoned = type == "timestamp with time zone"
        needsZone = isZoned
        let local = isZoned ? "pg_catalog.timezone($2, t.\(column))" : "t.\(column)::timestamp"
        func back(_ moment: String) -> String {
            isZoned ? "pg_catalog.timezone($2, \(moment))" : "(\(moment))::\(type)"
        }
        let period = slicing.by.rawValue
        let counted = """
            t.tableoid::int8 AS relation, pg_catalog.count(*) AS rows,
                (pg_catalog.min(t.ctid)::text::point)[0]::int8 AS first_page,
                (pg_catalog.max(t.ctid)::text::point)[0]::int8 AS last_page,
                pg_catalog.min(t.\(column))::text AS minimum, pg_catalog.max(t.\(column))::text AS maximum
            """
        let cold = """
            SELECT pg_catalog.date_trunc('\(period)', \(local)) AS start, \(counted)
            FROM \(table.name.sql) t WHERE t.\(column) < $1::\(type) GROUP BY 1, 2
            """
        let timeless = """
            SELECT NULL::timestamp AS start, \(counted)
            FROM \(table.name.sql) t WHERE t.\(column) IS NULL GROUP BY 2
            """
        text = """
            SELECT start::text AS start,
                CASE WHEN pg_catalog.isfinite(start) THEN \(back("start"))::text END AS "from",
                CASE WHEN pg_catalog.isfinite(start) THEN \(back("start + interval '1 \(period)'"))::text END AS "to",
                relation, rows, first_page, last_page, minimum, maximum
            FROM (\(table.timeIsOptional ? "\(cold) UNION ALL \(timeless)" : cold)) s
            ORDER BY s.start, relation
            """
    }
}
