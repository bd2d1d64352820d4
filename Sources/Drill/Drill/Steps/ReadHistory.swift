import Checks
import Files
import Findings
import Foundation
import Postgres
import Report
import Synchronization

/// The reports of earlier drills. They are read and verified when they are first asked for, and once for all databases of a drill.
final class EarlierReports: Sendable {
    private let read = Mutex<ReportCatalogue?>(nil)

    /// What cannot be used of them is told when they are read.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    func catalogue(of drill: DrillContext) throws(FileError) -> ReportCatalogue {
        try read.withLock { read throws(FileError) in
            if let read { return read }
            let reports = try ReportCatalogue(of: drill.request.reports, drill.request.ring)
            if let refused = reports.refusals.first {
                drill.emit(.note("history: \(counted(reports.refusals.count, "report")) cannot be used: \(refused)"))
            }
            read = reports
            return reports
        }
    }
}

/// Looks in the reports for the drill of the newest backup that passed, of the same plan and database, if the plan asks
/// for history.
/// - Parameters:
///   - created: when the backup was made, if that is known: a drill of a later one tells nothing of it.
///   - database: which database is checked, if that is known. Of a drill of several, only that one counts.
/// - Returns: nil if there is none, and where the database is recovered to a target: it may be older than any of them.
/// - Throws: ``Files/FileError`` when the directory cannot be listed.
func readHistory(
    of drill: DrillContext, in reports: EarlierReports, before created: Date?, database: String?
) throws(FileError) -> EarlierDrill? {
    guard let demand = drill.plan.history else { return nil }
    guard drill.plan.recovery.target == .latest else {
        drill.emit(.note("history: not compared, because the recovery has a target"))
        return nil
    }
    let measures = try reports.catalogue(of: drill).entries.filter {
        $0.report.isMeasure(of: drill.plan.name, created, database)
    }
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
        tables: newest.report.tables(of: database).filter { $0.partition != true }.map {
            EarlierDrill.Table(
                name: TableName(schema: $0.schema, name: $0.name), rows: $0.rows, definition: $0.definition,
                isView: $0.kind != nil)
        }, demand: demand)
}

extension Report {
    /// Whether a database of that plan can be measured by this one.
    fileprivate func isMeasure(of name: String, _ created: Date?, _ database: String?) -> Bool {
        guard plan == name, hasPassed(of: database) else { return false }
        // Without them, nothing says which tables are partitions.
        guard tables(of: database).contains(where: { $0.definition != nil }) else { return false }
        if let database, let own = backup.database, own != database { return false }
        guard let created, let own = backup.created else { return true }
        // A report keeps milliseconds, rounded.
        return own.timeIntervalSince(created) < 1
    }

    /// Whether nothing was wrong with a database: what was wrong with another one of the same drill does not matter.
    private func hasPassed(of database: String?) -> Bool {
        guard backup.databases != nil, cause != .interrupted else { return verdict == .passed }
        return Judgement(checks.filter { $0.database == nil || $0.database == database }).verdict == .passed
    }

    /// The tables of a database. Where the drill checked one, no table names it.
    fileprivate func tables(of database: String?) -> [Table] {
        backup.databases == nil ? tables : tables.filter { $0.database == database }
    }
}
