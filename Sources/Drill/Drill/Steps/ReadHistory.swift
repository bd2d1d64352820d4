import Checks
import Files
import Findings
import Foundation
import Postgres
import Report

/// Looks in the directory of reports for the last drill of the plan that passed, if the plan asks for history.
/// - Parameter created: when the backup was made, if that is known: a drill of a later one tells nothing of it.
/// - Returns: nil if there is none.
/// - Throws: ``Files/FileError`` when the directory cannot be listed.
func readHistory(of drill: DrillContext, before created: Date?) throws(FileError) -> EarlierDrill? {
    guard let demand = drill.plan.history else { return nil }
    let reports = try ReportCatalogue(of: drill.request.reports, publicKey: drill.request.signer?.publicKey)
    let last = reports.entries.last { entry in
        let report = entry.report
        guard report.verdict == .passed, report.plan == drill.plan.name else { return false }
        guard let created, let earlier = report.backup.created else { return true }
        return earlier <= created
    }
    guard let last else {
        drill.emit(.note("history: no drill of this plan has passed yet"))
        return nil
    }
    drill.emit(.note("history: the report \(last.file)"))
    return EarlierDrill(
        started: last.report.started,
        tables: last.report.tables.filter { $0.partition != true }.map {
            EarlierDrill.Table(
                name: TableName(schema: $0.schema, name: $0.name), rows: $0.rows, definition: $0.definition)
        }, demand: demand)
}
