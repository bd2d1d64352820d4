import Checks
import Files
import Findings
import Foundation
import Postgres
import Report

/// Looks in the directory of reports for the drill of the newest backup that passed, of the same plan and database, if the plan asks
/// for history.
/// - Parameters:
///   - created: when the backup was made, if that is known: a drill of a later one tells nothing of it.
///   - database: which of the backup's databases is checked, if that is known.
/// - Returns: nil if there is none, and where the database is recovered to a target: it may be older than any of them.
/// - Throws: ``Files/FileError`` when the directory cannot be listed.
func readHistory(of drill: DrillContext, before created: Date?, database: String?) throws(FileError) -> EarlierDrill? {
    guard let demand = drill.plan.history else { return nil }
    guard drill.plan.recovery.target == .latest else {
        drill.emit(.note("history: not compared, because the recovery has a target"))
        return nil
    }
    let reports = try ReportCatalogue(of: drill.request.reports, drill.request.ring)
    if let refused = reports.refusals.first {
        drill.emit(.note("history: \(counted(reports.refusals.count, "report")) cannot be used: \(refused)"))
    }
    let measures = reports.entries.filter { $0.report.isMeasure(of: drill.plan.name, created, database) }
    // Not the last drill: it may have been one of an old backup.
    let newest = measures.max {
        ($0.report.backup.created ?? .distantPast, $0.report.started)
            < ($1.report.backup.created ?? .distantPast, $1.report.started)
    }
    guard let newest else {
        drill.emit(.note("history: no drill of this plan that kept it has passed yet"))
        return nil
    }
    drill.emit(.note("history: the report \(newest.file)"))
    return EarlierDrill(
        started: newest.report.started,
        tables: newest.report.tables.filter { $0.partition != true }.map {
            EarlierDrill.Table(
                name: TableName(schema: $0.schema, name: $0.name), rows: $0.rows, definition: $0.definition,
                isView: $0.kind != nil)
        }, demand: demand)
}

extension Report {
    /// Whether a database of that plan can be measured by this one.
    fileprivate func isMeasure(of name: String, _ created: Date?, _ database: String?) -> Bool {
        guard verdict == .passed, plan == name else { return false }
        // Without them, nothing says which tables are partitions.
        guard tables.contains(where: { $0.definition != nil }) else { return false }
        if let database, let own = backup.database, own != database { return false }
        guard let created, let own = backup.created else { return true }
        // A report keeps milliseconds, rounded.
        return own.timeIntervalSince(created) < 1
    }
}
