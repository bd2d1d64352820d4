import Postgres
import SystemPackage

/// A slice to write.
struct PlannedSlice: Sendable {
    let table: SourceTable
    /// The table's directory in the store.
    let tableDirectory: String
    let surveyed: SurveyedSlice
    let period: SlicePeriod
    let parts: [PlannedPart]
    /// Columns that are stored as text; empty in layouts that are text.
    let fallbacks: [ExportManifest.Fallback]

    /// The slice's directory in the store: `conversations/month=2022-07`.
    var directory: String { "\(tableDirectory)/\(period.rawValue)=\(surveyed.period.name)" }

    /// The slice's name for people: `public.conversations 2022-07`.
    var subject: String { sliceSubject(table.name, surveyed.period.name) }

    init(_ surveyed: SurveyedSlice, of survey: SliceSurvey, in tableDirectory: String, _ period: SlicePeriod) {
        table = survey.table
        self.tableDirectory = tableDirectory
        self.surveyed = surveyed
        self.period = period
        parts = PlannedPart.parts(of: surveyed, of: survey.table)
        fallbacks =
            survey.questions.map { $0.fallbacks(surveyed.leaves.compactMap(\.answer), in: surveyed.period) } ?? []
    }

    func form(_ layout: ExportLayout) -> PartForm {
        PartForm(
            layout: layout, columns: table.shape.columns, key: table.shape.key,
            timeColumn: table.request.timeColumn, fallbacks: fallbacks)
    }
}

/// The name of a slice for people: `public.conversations 2022-07`.
func sliceSubject(_ table: TableName, _ slice: String) -> String {
    "\(table) \(slice == ExportManifest.Slice.nullName ? "without a time" : slice)"
}

/// The rows that go into one file: those of one relation, or of a range of its pages if it has many.
struct PlannedPart: Sendable {
    /// 0-based, within its slice.
    let number: Int
    /// The query that returns the rows: `SELECT …`.
    let query: String
    /// Estimated bytes in the database.
    let bytes: Int64

    /// If a relation has more bytes of a slice than this, it is read over several connections, each into its own file.
    /// The size is large enough to be worth a file, and small enough that the other workers do not wait long for the
    /// last one.
    static let size: Int64 = 128 << 20

    fileprivate static func parts(of slice: SurveyedSlice, of table: SourceTable) -> [PlannedPart] {
        let time = quoteIdentifier(table.request.timeColumn)
        let columns = table.shape.columns.map { quoteIdentifier($0.name) }.joined(separator: ", ")
        var parts: [PlannedPart] = []
        for leaf in slice.leaves {
            let pages = leaf.lastPage - leaf.firstPage + 1
            let count = max(1, min(pages, (leaf.bytes + size - 1) / size))
            for index in 0..<count {
                let first = leaf.firstPage + pages * index / count
                let end = leaf.firstPage + pages * (index + 1) / count
                var conditions: [String] = []
                if !leaf.isWhole {
                    conditions.append(
                        sliceCondition(slice.period.name, from: slice.period.from, to: slice.period.to, on: time))
                }
                // With a single file, the range tells the planner where the rows are; a range of all pages would tell
                // it nothing.
                if !leaf.isWhole || count > 1 { conditions.append("ctid >= '(\(first),0)' AND ctid < '(\(end),0)'") }
                let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
                parts.append(
                    PlannedPart(
                        number: parts.count,
                        query: "SELECT \(columns) FROM ONLY \(leaf.leaf.name.sql)\(condition)",
                        bytes: leaf.bytes / count))
            }
        }
        return parts
    }
}

/// The SQL condition that a row belongs to a slice, for a session with ``CanonicalSettings``.
/// - Parameters:
///   - name: of the slice; it distinguishes rows without a time from rows at `-infinity`.
///   - column: quoted.
func sliceCondition(_ name: String, from: String?, to: String?, on column: String) -> String {
    if let from, let to { return "\(column) >= \(quoteLiteral(from)) AND \(column) < \(quoteLiteral(to))" }
    return name == ExportManifest.Slice.nullName ? "\(column) IS NULL" : "\(column) = '-infinity'"
}
