import Postgres
import Rows
import SourceSnapshot

/// Which periods of a table are cold, and how many rows each relation has of them: counted by the database itself, in the
/// snapshot that is exported.
///
/// A partition whose bounds say that all of it is one cold period is not counted unless it was exported before: the server says
/// how many rows it sent of it, and counting would be a second reading of all of its pages.
struct SliceSurvey: Sendable {
    let table: SourceTable
    /// In the order of their periods.
    let slices: [SurveyedSlice]

    /// - Parameters:
    ///   - cutoff: the first moment that is not cold, as the table's time column has it.
    ///   - known: names of slices that were exported before, which are counted to see whether they are the same still.
    /// - Throws: ``PostgresError``.
    static func make(
        of table: SourceTable, before cutoff: String, _ slicing: ExportManifest.Slicing, known: Set<String>,
        in snapshot: SourceSnapshot, deadline: Duration
    ) async throws -> SliceSurvey {
        let questions = SurveyQuestions(table, slicing, cutoff: cutoff)
        let leaves = try await questions.coldLeaves(over: snapshot.leader)
        // The largest first, so that none of them is waited for at the end.
        let found = try await snapshot.share(leaves.sorted { $0.leaf.bytes > $1.leaf.bytes }) { leaf, connection in
            try await questions.ask(about: leaf, known: known, over: connection, deadline: deadline)
        }
        var slices: [String: SurveyedSlice] = [:]
        for (period, leaf) in found.joined() {
            slices[period.name, default: SurveyedSlice(period: period, leaves: [])].leaves.append(leaf)
        }
        for name in slices.keys { slices[name]?.leaves.sort { $0.leaf.name < $1.leaf.name } }
        return SliceSurvey(
            table: table, slices: slices.values.sorted { $0.period < $1.period })
    }
}

/// A period that is cold, with the relations that have rows of it.
struct SurveyedSlice: Sendable {
    let period: SlicePeriodStart
    var leaves: [SurveyedLeaf]

    /// An estimate, of what is read from the database.
    var bytes: Int64 { leaves.reduce(0) { $0 + $1.bytes } }

    /// Nil where something of it was not counted.
    var count: RowCount? {
        leaves.contains { $0.count == nil } ? nil : leaves.reduce(into: RowCount()) { $0.add($1.count ?? RowCount()) }
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
    /// Its bounds say that it has no other rows.
    let isWhole: Bool
    /// Between these pages lie all of these rows.
    let firstPage: Int64
    let lastPage: Int64
    /// Nil where the server counts what it sends.
    var count: RowCount?

    /// An estimate: its share of the relation.
    var bytes: Int64 { leaf.pages == 0 ? 0 : leaf.bytes * (lastPage - firstPage + 1) / leaf.pages }
}

/// What a database counted.
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

/// Where a period begins and ends, and what it is called.
struct SlicePeriodStart: Sendable, Comparable {
    /// Of the slice: `2022-07`.
    let name: String
    /// The first moment; nil for rows that have no time or lie before all time.
    let from: String?
    /// The first moment of the next period.
    let to: String?

    init(_ row: Row, _ period: SlicePeriod) throws(PostgresError) {
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

    static func < (one: SlicePeriodStart, other: SlicePeriodStart) -> Bool { one.order < other.order }

    /// What lies before all time comes first, what has no time last.
    private var order: DatabaseTime {
        from.flatMap(DatabaseTime.init) ?? (name == ExportManifest.Slice.nullName ? .infinity : .minusInfinity)
    }

    /// Whether a range of times lies within this period.
    func contains(_ bounds: (lower: String, upper: String)?) -> Bool {
        guard let bounds, let lower = DatabaseTime(bounds.lower), let upper = DatabaseTime(bounds.upper),
            let from = from.flatMap(DatabaseTime.init), let to = to.flatMap(DatabaseTime.init)
        else { return false }
        return from <= lower && upper <= to
    }
}
