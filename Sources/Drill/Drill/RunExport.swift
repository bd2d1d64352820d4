import Backup
import ColdTier
import Crypto
import Findings
import Foundation
import PlanKeys
import Synchronization

/// What came of a drill whose database was exported.
package struct DrilledExport: Sendable {
    package let drill: DrillResult
    /// Nil where the drill found something that an export must not be taken from.
    package let export: ExportResult?
}

/// An export is of one database, and the drill checks several.
struct ExportOfSeveral: Mistake {
    var description: String {
        """
        The drill checks several databases, and an export is of one: write a plan for it that names the database in \
        \(PlanKey.recoveryDatabase), instead of \(PlanKey.recoveryDatabases).
        """
    }
}

/// Runs a drill, exports from the database that it has restored and checked, and publishes the export once the drill's
/// report is written: it names the report.
///
/// A backup that is bad, or could not be told to be good, is not exported. One that is good and only missed an
/// objective is.
/// - Throws: ``ExportOfSeveral``; what kept the export from being made, once the drill's report is written; what
///   ``runDrill(_:emit:onChecked:)`` throws.
package func runExport(
    _ request: ExportRequest, from drill: DrillRequest, emit: @escaping DrillEventSink
) async throws -> DrilledExport {
    guard drill.plan.recovery.databases == nil else { throw ExportOfSeveral() }
    let outcome = Mutex<Result<ExportDraft, any Error>?>(nil)
    let result = try await runDrill(drill, emit: emit) { checked in
        guard checked.database == nil else { throw ExportOfSeveral() }
        guard checked.judgement.isExportable else { return }
        let made: Result<ExportDraft, any Error>
        do {
            made = .success(
                try await exportRows(
                    request, from: checked.target, origin: origin(checked.backupDigest),
                    emit: { exportEvent(emit: emit, $0) }))
        } catch {
            made = .failure(error)
        }
        outcome.withLock { $0 = made }
    }
    guard Judgement(verdict: result.report.verdict, cause: result.report.cause).isExportable,
        let made = outcome.withLock({ $0 })
    else { return DrilledExport(drill: result, export: nil) }
    let report = try Data(contentsOf: URL(filePath: result.file.string))
    let reference = ExportManifest.Drill(
        id: result.report.id, verdict: result.report.verdict.rawValue, report: result.file.lastComponent?.string ?? "",
        sha256: Hex.encode(SHA256.hash(data: report)), backup: result.report.backup.digest,
        database: result.report.backup.database)
    return DrilledExport(
        drill: result,
        export: try await publish(try made.get(), drill: reference, emit: { exportEvent(emit: emit, $0) }))
}

/// Rows of one backup are the same however often it is restored.
private func origin(_ digest: [String: String]) -> String {
    digest.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
}

extension Judgement {
    /// Whether what was restored is what the backup should hold.
    fileprivate var isExportable: Bool { verdict == .passed || verdict == .failed && cause == .objective }
}

/// The export's event as the drill's.
package func exportEvent(emit: DrillEventSink, _ event: ExportEvent) {
    switch event {
    case .note(let words): emit(.note(words))
    case .item(let item): emit(.item(item))
    case .progress(let done, let total): emit(.progress(done: done, total: total, unit: .bytes))
    case .finding(let finding): emit(.finding(finding))
    }
}
