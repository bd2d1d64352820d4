import Postgres
import Rows
import SourceSnapshot

/// Which periods of a table are cold, and how many rows of them each relation has. The database counts them, in the
/// snapshot that is exported.
///
/// A partition whose bounds say that it is exactly one cold period is not counted, unless it was exported before: the
/// server says later how many rows it sent, and counting would read all its pages a second time.
struct SliceSurvey: Sendable {
    let table: SourceTable
    /// What each relation was asked about values that Parquet cannot hold; nil for other layouts.
    let questions: FallbackQuestions?
    /// In the order of their periods.
    let slices: [SurveyedSlice]

    /// - Parameters:
    ///   - cutoff: the first moment that is not cold, in the form of the table's time column.
    ///   - known: names of slices that were exported before; they are counted to see whether they are still the same.
    ///   - fallbacks: what is asked about values that Parquet cannot hold; nil for other layouts.
    /// - Throws: ``PostgresError``.
    static func make(
        of table: SourceTable, before cutoff: String, _ slicing: ExportManifest.Slicing, known: Set<String>,
        fallbacks: FallbackQuestions?, in snapshot: SourceSnapshot, deadline: Duration
    ) async throws -> SliceSurvey {
        let questions = SurveyQuestions(table, slicing, cutoff: cutoff, also: fallbacks?.aggregate)
        let leaves = try await questions.coldLeaves(over: snapshot.leader)
        // The largest first, so that the workers do not wait for a large one at the end.
        let found = try await snapshot.share(leaves.sorted { $0.leaf.bytes > $1.leaf.bytes }) { leaf, connection in
            try await questions.ask(about: leaf, known: known, over: connection, deadline: deadline)
        }
        var slices: [String: SurveyedSlice] = [:]
        for (period, leaf) in found.joined() {
            slices[period.name, default: SurveyedSlice(period: period, leaves: [])].leaves.append(leaf)
        }
        for name in slices.keys { slices[name]?.leaves.sort { $0.leaf.name < $1.leaf.name } }
        return SliceSurvey(
            table: table, questions: fallbacks, slices: slices.values.sorted { $0.period < $1.period })
    }
}

/// A period that is cold, with the relations that have rows of it.
struct SurveyedSlice: Sendable {
    let period: SlicePeriodStart
    var leaves: [SurveyedLeaf]

    /// Estimated bytes that are read from the database.
    var bytes: Int64 { leaves.reduce(0) { $0 + $1.bytes } }

    /// Nil if a part of it was not counted.
    var count: RowCount? {
        leaves.contains { $0.count == nil } ? nil : leaves.reduce(into: RowCount()) { $0.add($1.count ?? RowCount()) }
    }

    /// The partitions that can be dropped with the slice, because they can hold only rows of this period. Empty unless
    /// they hold all rows of the slice.
    var partitions: [ExportManifest.Partition] {
        let whole = leaves.map(\.leaf).filter { period.contains($0.bounds) }
        guard whole.count == leaves.count else { return [] }
        return whole.map { ExportManifest.Partition(schema: $0.name.schema, name: $0.name.name) }
    }
}

/// The rows of a period that one relation has.
struct SurveyedLeaf: Sendable {
    let leaf: SourceTable.Leaf
    /// True if the bounds say that the relation has no other rows.
    let isWhole: Bool
    /// All of these rows are in these pages, both included.
    let firstPage: Int64
    let lastPage: Int64
    /// Nil if the server counts the rows when it sends them.
    var count: RowCount?
    /// The answer to ``FallbackQuestions/aggregate``; nil if nothing was asked.
    let answer: String?

    /// Estimated bytes: the relation's bytes times the share of pages.
    var bytes: Int64 { leaf.pages == 0 ? 0 : leaf.bytes * (lastPage - firstPage + 1) / leaf.pages }
}

/// The rows that a database counted.
struct RowCount: Sendable, Equatable {
    var rows: Int64 = 0
    /// The smallest and the largest time.
    var times = TimeRange()

    init() {}

    init(_ row: Row) throws(PostgresError) {
        rows = try row.need("rows")
        for name in ["minimum", "maximum"] {
            if let time = try row.get(name, as: String.self).flatMap(DatabaseTime.init) { times.add(time) }
        }
    }

    mutating func add(_ other: RowCount) {
        rows += other.rows
        times.add(other.times)
    }
}

/// Beginning, end and name of a period.
struct SlicePeriodStart: Sendable, Comparable {
    /// The slice's name: `2022-07`.
    let name: String
    /// The first moment; nil for rows that have no time or are at `-infinity`.
    let from: String?
    /// The first moment of the next period.
    let to: String?

    init(_ row: Row, _ period: SlicePeriod) throws(PostgresError) {
        guard let start: String = try row.get("start") else {
            self.init(name: ExportManifest.Slice.nullName, from: nil, to: nil)
            return
        }
        guard start != "-infinity" else {
            self.init(name: ExportManifest.Slice.minusInfinityName, from: nil, to: nil)
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

    static func < (one: SlicePeriodStart, other: SlicePeriodStart) -> Bool { one.order < other.order }

    /// Rows at `-infinity` come first, rows without a time last.
    private var order: DatabaseTime {
        from.flatMap(DatabaseTime.init) ?? (name == ExportManifest.Slice.nullName ? .infinity : .minusInfinity)
    }

    /// True if a range of times is within this period.
    func contains(_ bounds: (lower: String, upper: String)?) -> Bool {
        guard let bounds, let lower = DatabaseTime(bounds.lower), let upper = DatabaseTime(bounds.upper),
            let from = from.flatMap(DatabaseTime.init), let to = to.flatMap(DatabaseTime.init)
        else { return false }
        return from <= lower && upper <= to
    }
}
