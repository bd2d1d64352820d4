import Evidence
import Findings
import Foundation
import Report
import SystemPackage

/// A report that could not be stored. What the drill found is not lost with it.
package struct UnstoredReport: Error {
    package let report: Report
    /// The bytes that were to be signed and stored.
    package let statement: [UInt8]
    package let reason: ReportStoreError
}

/// What happens when the steps of a drill are over:
///
///     judge ─▶ encode ─▶ sign and store ─▶ ledger ─▶ every step of `DrillRequest.reportSteps`
///
/// It is not interrupted: a drill that was stopped is reported as every other.
/// - Throws: ``UnstoredReport``; what keeps a report from being encoded. A step after that never throws.
func finish(_ drill: DrillContext, interrupted: Bool) async throws -> DrillResult {
    // A task of its own is not cancelled together with the drill.
    try await Task {
        let report = judge(drill, interrupted: interrupted)
        let statement = try Statement(report: report, configuration: [configuration(of: drill.plan)]).encoded()
        let stored = try await store(report, statement, name: ReportStore.fileName(for: report), drill)
        return DrillResult(
            report: report, statement: statement, file: stored.file, kept: drill.record.current.kept,
            steps: await handOn(stored, drill, to: drill.request.allReportSteps), ledger: drill.request.run)
    }.value
}

/// The plan with its bytes, so that an auditor sees what was asked and not only that something was.
/// - Parameter otherwise: what was asked where there is no plan.
func configuration(
    of plan: Plan, otherwise: String = "no plan: every check that needs no configuration"
) -> ResourceDescriptor {
    ResourceDescriptor(
        name: plan.source.file?.lastComponent?.string ?? otherwise,
        uri: nil, digest: ["sha256": plan.source.sha256],
        content: Data(plan.source.bytes).base64EncodedString(), mediaType: "application/yaml")
}

/// Signs a statement and stores it. These bytes are also shown.
/// - Throws: ``UnstoredReport``.
func store(
    _ report: Report, _ statement: [UInt8], name: String, _ drill: DrillContext
) async throws -> FinishedReport {
    do throws(ReportStoreError) {
        let stored = try await ReportStore.write(
            statement, signer: drill.request.signer, name: name, to: drill.request.reports)
        return FinishedReport(report: report, statement: statement, file: stored.file, sha256: stored.sha256)
    } catch {
        await drill.request.run?.endWithoutReport(.notStored, verdict: report.verdict)
        throw UnstoredReport(report: report, statement: statement, reason: error)
    }
}
