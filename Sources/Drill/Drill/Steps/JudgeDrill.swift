import Causes
import Checks
import Findings
import Foundation
import Report
import Restore
import Scratch

/// The report of a drill that has ended: what it learnt, its objectives, what it left behind, and the verdict.
func judge(_ drill: DrillContext, interrupted: Bool) -> Report {
    let (request, record, cleanup) = (drill.request, drill.record, drill.cleanup)
    let state = record.current
    let objectives = MeasuredObjectives(
        request.plan, next: request.backup.next, record, isComplete: !interrupted && !state.results.isEmpty)
    let leftovers = cleanup.entries.filter { !$0.removed && $0.verified != CleanupLog.keptOnRequest }.map { entry in
        let rule = cause(of: .leftBehind)
        return Finding(
            id: .drill, subject: entry.what, status: rule.status, basis: .rule, expected: "removed",
            observed: entry.verified, reason: rule.reason, cause: rule.cause)
    }
    var findings = state.findings + objectives.findings + leftovers
    let lost = interrupted ? [] : state.lostDatabases
    findings += notRun(
        checkCatalogue, of: state.databases, lost: lost, besides: findings, interrupted: interrupted)
    // What names no reason of its own found nothing that it could be asked of.
    for index in findings.indices where findings[index].status == .notRun {
        findings[index].gap = findings[index].gap ?? .doesNotApply
    }
    if state.hasChanged { findings = findings.map(\.ofChangedBackup) }
    let judgement = Judgement(findings, interrupted: interrupted)
    judgement.logDecisions(of: findings)
    var report = Report(
        id: request.run?.id ?? UUID().uuidString.lowercased(), plan: request.plan.name, trigger: request.trigger,
        options: request.plan.options.isEmpty ? nil : request.plan.options,
        verdict: judgement.verdict, cause: judgement.cause, started: record.started, finished: Date(),
        signed: request.signer != nil, backup: Report.Backup(request.backup, state),
        objectives: objectives.report, phases: state.phases.ended,
        environment: Report.Environment(state, tool: request.tool), checks: findings,
        tables: state.results.flatMap { results in
            results.tables.map { Report.Table($0, of: results.database) }
        },
        cleanup: cleanup.entries.map { Report.Cleanup(what: $0.what, removed: $0.removed, verified: $0.verified) })
    // What nobody signs, nobody can approve.
    if report.signed, !drill.plan.approval.isEmpty { report.approval = drill.plan.approval }
    report.followsUp = followUps(of: drill, findings)
    return report
}

extension Report.Table {
    fileprivate init(_ table: TableResult, of database: String?) {
        self.init(
            schema: table.name.schema, name: table.name.name, rows: table.rows, digest: table.digest,
            newest: table.newest, definition: table.definition, isPartition: table.isPartition, isView: table.isView)
        self.database = database
    }
}

extension Report.Backup {
    init(_ found: FoundBackup, _ state: DrillRecord.State) {
        let known = state.description
        self.init(
            kind: known?.kind ?? "unknown", format: known?.format ?? "unknown", compression: known?.compression,
            location: found.location, bytes: state.bytes, created: known?.created,
            createdBasis: known?.createdBasis, serverVersion: known?.serverVersion, dumpVersion: known?.dumpVersion,
            database: state.databases.isEmpty ? known?.database : nil, whyThisOne: found.reason, digest: state.digest)
        if !state.databases.isEmpty { databases = state.databases }
    }
}

extension Report.Environment {
    init(_ state: DrillRecord.State, tool: String) {
        self.init(
            postgres: state.environment?.postgres, extensions: state.extensions,
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
