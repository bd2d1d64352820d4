import Foundation

/// What a table has in a newer backup and not in an older one, as far as their reports tell.
package struct DataSince: Sendable, Equatable {
    /// `schema.name`, behind the name of the database where several were checked.
    package let table: String
    /// More rows, or fewer; nil where one of the reports has no count.
    package let rows: Int64?
    /// The newest time in the newer backup, ISO 8601; nil where no column tells, or it is the older one's.
    package let newest: String?
}

extension FindCleanResult {
    /// The newest of which a report tells tables.
    package var newestReadable: TriedBackup? { tried.first { !$0.report.tables.isEmpty } }

    /// What lies between the backup that passes and the newest one of which a report tells rows; empty where there is none, or
    /// where nothing differs.
    package var dataSince: [DataSince] {
        guard let clean, let newest = newestReadable, newest.report.id != clean.report.id else { return [] }
        let before = Dictionary(
            clean.report.tables.map { ($0.place, $0) }, uniquingKeysWith: { $1 })
        return newest.report.tables.compactMap { table in
            let name = table.place
            let old = before[name]
            let rows = table.rows.flatMap { new in old == nil ? new : old?.rows.map { new - $0 } }
            let time = table.newest == old?.newest ? nil : table.newest
            return rows == 0 && time == nil ? nil : DataSince(table: name, rows: rows, newest: time)
        }
    }
}
