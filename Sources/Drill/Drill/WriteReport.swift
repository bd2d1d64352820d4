import Causes
import Checks
import Evidence
import Findings
import Foundation
import Report
import Restore
import Scratch
import SystemPackage

/// A report that could not be stored. What the drill found is not lost with it.
package struct UnstoredReport: Error {
    package let report: Report
    /// The bytes that were to be signed and stored.
    package let statement: [UInt8]
    package let reason: ReportStoreError
}

/// Draws the report from what the drill learnt, signs it and stores it.
/// - Throws: ``UnstoredReport``; what keeps a report from being encoded.
func writeReport(
    _ request: DrillRequest, _ record: DrillRecord, _ cleanup: CleanupLog, interrupted: Bool
) async throws -> DrillResult {
    let state = record.current
    let objectives = MeasuredObjectives(
        request.plan.objectives, record, isComplete: !interrupted && state.results != nil)
    let leftovers = cleanup.entries.filter { !$0.removed && $0.verified != CleanupLog.keptOnRequest }.map { entry in
        let rule = cause(of: .leftBehind)
        return Finding(
            id: .drill, subject: entry.what, status: rule.status, basis: .rule, expected: "removed",
            observed: entry.verified, reason: rule.reason, cause: rule.cause)
    }
    var findings = state.findings + objectives.findings + leftovers
    findings += notRun(checkCatalogue, besides: findings, interrupted: interrupted)
    let judgement = Judgement(findings, interrupted: interrupted)
    let report = Report(
        id: UUID().uuidString.lowercased(), plan: request.plan.name, trigger: request.trigger,
        verdict: judgement.verdict, cause: judgement.cause, started: record.started, finished: Date(),
        signed: request.signer != nil, backup: Report.Backup(request.backup, state),
        objectives: objectives.report, phases: state.phases,
        environment: Report.Environment(state, tool: request.tool), checks: findings,
        tables: (state.results?.tables ?? []).map {
            Report.Table(schema: $0.name.schema, name: $0.name.name, rows: $0.rows, digest: nil, newest: $0.newest)
        },
        cleanup: cleanup.entries.map { Report.Cleanup(what: $0.what, removed: $0.removed, verified: $0.verified) })
    let statement = try Statement(report: report, configuration: [configuration(of: request.plan)]).encoded()
    do throws(ReportStoreError) {
        let file = try await ReportStore.write(
            statement, signer: request.signer, name: ReportStore.fileName(for: report), to: request.reports)
        return DrillResult(report: report, statement: statement, file: file, kept: state.kept)
    } catch {
        throw UnstoredReport(report: report, statement: statement, reason: error)
    }
}

/// The plan with its bytes, so that an auditor sees what was asked and not only that something was.
private func configuration(of plan: Plan) -> ResourceDescriptor {
    ResourceDescriptor(
        name: plan.source.file?.lastComponent?.string ?? "no plan: every check that needs no configuration",
        uri: nil, digest: ["sha256": plan.source.sha256],
        content: Data(plan.source.bytes).base64EncodedString(), mediaType: "application/yaml")
}

extension Report.Backup {
    fileprivate init(_ found: FoundBackup, _ state: DrillRecord.State) {
        let known = state.description
        self.init(
            kind: known?.kind ?? "unknown", format: known?.format ?? "unknown", compression: known?.compression,
            location: found.location, bytes: state.bytes, created: known?.created,
            createdBasis: known?.createdBasis, serverVersion: known?.serverVersion, dumpVersion: known?.dumpVersion,
            database: known?.database, whyThisOne: found.reason, digest: state.digest)
    }
}

extension Report.Environment {
    fileprivate init(_ state: DrillRecord.State, tool: String) {
        self.init(
            postgres: state.environment?.postgres, extensions: state.results?.extensions ?? [:],
            files: state.environment?.files, isolation: state.environment?.isolation ?? [],
            weakenedSettings: state.environment?.weakenedSettings ?? [:], tool: tool,
            os: operatingSystem(), account: state.environment?.account ?? "none: no server was started")
    }
}

/// The name in `/etc/os-release` (os-release(5)).
private func operatingSystem() -> String {
    let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    return text.firstMatch(of: /(?m)^PRETTY_NAME="?([^"\n]*)/).map { String($0.1) } ?? "Linux"
}
