import Postgres
import SystemPackage

/// A slice that is to be written.
struct PlannedSlice: Sendable {
    let table: SourceTable
    /// In the store, of the table.
    let tableDirectory: String
    let surveyed: SurveyedSlice
    let period: SlicePeriod
    let parts: [PlannedPart]

    /// In the store: `conversations/month=2022-07`.
    var directory: String { "\(tableDirectory)/\(period.rawValue)=\(surveyed.period.name)" }

    /// For people: `public.conversations 2022-07`.
    var subject: String { sliceSubject(table.name, surveyed.period.name) }

    init(_ surveyed: SurveyedSlice, of survey: SliceSurvey, in tableDirectory: String, _ period: SlicePeriod) {
        table = survey.table
        self.tableDirectory = tableDirectory
        self.surveyed = surveyed
        self.period = period
        parts = PlannedPart.parts(of: surveyed, of: survey.table)
    }
}

/// What people read of a slice: `public.conversations 2022-07`.
func sliceSubject(_ table: TableName, _ slice: String) -> String {
    "\(table) \(slice == ExportManifest.Slice.nullName ? "without a time" : slice)"
}

/// What goes into one file: rows of one relation, or of a range of its pages where it has many.
struct PlannedPart: Sendable {
    /// 0-based, within its slice.
    let number: Int
    /// Gives the rows: `SELECT …`.
    let query: String
    /// Of the database, estimated.
    let bytes: Int64

    /// A relation with more of a slice than this is read over several connections, into a file each. Large enough that a
    /// file is worth opening, small enough that the last one does not keep everybody waiting.
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
                // Where there is one file, the range tells the planner where the rows lie; of all pages it tells nothing.
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
