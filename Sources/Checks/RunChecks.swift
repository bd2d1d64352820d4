import Findings
import Foundation
import Postgres
import Restore

/// What happens while checks run, for whoever shows it.
package enum CheckEvent: Sendable {
    case scanning(TableName)
    case progress(doneBytes: Int64, totalBytes: Int64)
    case finding(Finding)
}

/// Takes events as they happen; called from several tasks at once.
package typealias CheckEventSink = @Sendable (CheckEvent) -> Void

/// What the checks found, with what they learnt about each table on the way.
package struct CheckResults: Sendable {
    package var findings: [Finding]
    package var tables: [TableResult]
    /// How far the newest rows lie behind the backup's time, in seconds; nil where no column tells.
    package var recoveryPoint: Double?
    /// Installed extensions with their versions.
    package var extensions: [String: String]
}

/// What was learnt about one table.
package struct TableResult: Sendable, Equatable {
    package var name: TableName
    package var rows: Int64?
    /// ISO 8601, of the freshest time column looked at.
    package var newest: String?
}

/// Runs every check of the catalogue on a restored database.
/// - Parameters:
///   - timeZone: in which columns without a time zone are read.
///   - jobs: statements at the same time.
///   - deadline: for each statement.
/// - Throws: when no check could run at all, such as when no connection can be made.
package func runChecks(
    on restored: Restored, plan: CheckPlan, backupTime: Date?, timeZone: TimeZone, recoveryPoint: Duration?, jobs: Int,
    deadline: Duration, emit: @escaping CheckEventSink
) async throws -> CheckResults {
    let settings = [
        // Names are always qualified; an empty path keeps a hostile backup's operators and functions out of the way.
        "search_path": "", "TimeZone": timeZone.identifier, "row_security": "off", "DateStyle": "ISO",
        "application_name": "pgassay checks",
    ]
    return try await ConnectionPool.with(jobs, to: restored.target, settings: settings) { connections in
        let catalogue = try await connections.with { try await Catalogue.read(over: $0) }
        let extensions = try await connections.with { connection in
            try await connection.query("SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY 1")
        }
        let context = CheckContext(
            catalogue: catalogue, restored: restored, backupTime: backupTime, recoveryPoint: recoveryPoint,
            connections: connections, deadline: deadline)
        let checks = checkCatalogue(plan)
        let active = checks.filter { plan.skipped[type(of: $0).id] == nil }
        let answers = try await context.scan(active, emit: emit)
        var findings: [Finding] = []
        for check in checks {
            let id = type(of: check).id
            if let reason = plan.skipped[id] {
                findings.append(
                    Finding(id: id, subject: "database", status: .notRun, reason: "the plan skips it: \(reason)"))
                continue
            }
            findings += try await findingsOrFailure(of: check, in: context, answers)
        }
        for finding in findings { emit(.finding(finding)) }
        let freshness = Freshness(in: context, answers, named: Set(plan.freshness.keys))
        return CheckResults(
            findings: findings, tables: tableResults(in: context, answers, freshness),
            recoveryPoint: freshness.recoveryPoint,
            extensions: Dictionary(
                try extensions.map { (try $0.need("extname"), try $0.need("extversion")) }, uniquingKeysWith: { $1 }))
    }
}

/// A check that could not run is inconclusive, and the others go on; an interruption ends them all.
private func findingsOrFailure(
    of check: any Check, in context: CheckContext, _ answers: ScanAnswers
) async throws -> [Finding] {
    do {
        return try await check.findings(in: context, answers)
    } catch let error as PostgresError {
        return [Finding(couldNotTell: type(of: check).id, subject: "database", because: error)]
    }
}

private func tableResults(
    in context: CheckContext, _ answers: ScanAnswers, _ freshness: Freshness
) -> [TableResult] {
    context.catalogue.tables.map { table in
        let counts = context.catalogue.leaves(of: table).map { try? answers.number(RowCountsCheck.rows, of: $0) }
        let rows = counts.contains(nil) ? nil : counts.reduce(0) { $0 + ($1 ?? 0)! }
        return TableResult(name: table.name, rows: rows, newest: freshness.newest(of: table))
    }
}
