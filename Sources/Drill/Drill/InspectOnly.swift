import Archive
import Backup
import Causes
import Evidence
import Findings
import Foundation
import Report

/// A backup that was read to its last byte without a server.
package struct Inspection: Sendable {
    /// In the form of a drill's.
    package let report: Report
    /// Its report, signed and stored; nil where none was asked for.
    package let stored: FinishedReport?
    /// Its entry in the ledger; nil where it is not signed.
    package var ledger: LedgerRun?
    /// Nil where all of it was read.
    package let sample: SampleResult?

    /// As JSON: the statement of its report, byte for byte; without a report what the report would say of the backup, in its form.
    package func encoded() throws -> [UInt8] {
        try stored?.statement ?? StatementJSON.encode(Summary(report, sample?.coverage))
    }

    private struct Summary: Encodable {
        let backup: Report.Backup
        let verdict: Verdict
        /// Nil exactly when it passed.
        let cause: Cause?
        let checks: [Finding]
        /// The rows that the backup holds, table by table; empty for a kind of backup that shows none without a server.
        let tables: [Report.Table]
        let coverage: SampleResult.Coverage?

        init(_ report: Report, _ coverage: SampleResult.Coverage?) {
            self.coverage = coverage
            (backup, verdict, cause) = (report.backup, report.verdict, report.cause)
            (checks, tables) = (report.checks, report.tables)
        }
    }
}

/// Does what a drill does before it starts a server, and reads the whole backup.
///
///     find ─▶ digest, inspect (─▶ report, signed)
/// - Parameters:
///   - storesReport: whether a report is written. There is none of a sample: its subject is the whole backup.
///   - sample: reads only a part of the backup, and takes no digest of it; nil reads all.
/// - Throws: ``Backup/Mistake`` if a person must correct something first; ``UnstoredReport``.
package func inspectOnly(
    _ request: DrillRequest, storesReport: Bool, sample: SampleRequest? = nil, emit: @escaping DrillEventSink
) async throws -> Inspection {
    let drill = DrillContext(request: request, emit: emit, onChecked: nil)
    var interrupted = false
    do {
        try await withBackup(of: drill, choosesDatabase: false) { backup in
            try await noticingChanges(of: backup, drill) {
                if let sample {
                    let progress = SharedProgress(of: backup, drill)
                    _ = try await inspectAlone(backup, sample, drill, progress)
                    return
                }
                try await namingByDigest(backup, drill) {
                    let manifest = try readManifest(of: drill)
                    let moment = backup.digestMoment(isRestored: false)
                    let inspected = try await read(backup, drill, digest: moment) {
                        try await inspectAlone(backup, nil, against: manifest?.manifest, drill, $0)
                    }
                    let isWhole = !drill.record.current.findings.contains { $0.id == .archive && $0.status == .failed }
                    try drill.hold(inspected, against: manifest)
                    // Of a dump that is damaged, what was read up to there says nothing.
                    if let manifest, let data = inspected.data, isWhole {
                        drill.add(ManifestComparison(manifest.manifest, data).findings)
                    }
                }
            }
        }
        try Task.checkCancellation()
    } catch let mistake as any Mistake {
        throw drill.named(mistake)
    } catch {
        interrupted = drill.note(ending: error)
    }
    drill.record.update { $0.phases.endAll() }
    let report = report(ofInspection: drill, interrupted: interrupted)
    // Of a backup that changed meanwhile, nothing is known to be good.
    let result = drill.record.current.hasChanged ? nil : drill.record.current.sample
    guard storesReport, sample == nil else { return Inspection(report: report, stored: nil, sample: result) }
    // A task of its own is not cancelled together with the inspection.
    return try await Task {
        let asked = configuration(of: drill.plan, otherwise: "no plan: all that is seen without a server")
        let statement = try InspectionStatement(report: report, configuration: [asked]).encoded()
        let name = ReportStore.fileName(for: report, end: ReportCatalogue.inspectionNameEnd)
        let stored = try await store(report, statement, name: name, drill)
        let run = drill.request.ledger.map { LedgerRun.ofInspection($0, plan: report.plan) }
        _ = await handOn(stored, drill, to: run?.steps(.inspected) ?? [])
        return Inspection(report: report, stored: stored, ledger: run, sample: nil)
    }.value
}

private func report(ofInspection drill: DrillContext, interrupted: Bool) -> Report {
    let (request, state) = (drill.request, drill.record.current)
    let findings = state.hasChanged ? state.findings.map(\.ofChangedBackup) : state.findings
    let judgement = Judgement(findings, interrupted: interrupted)
    judgement.logDecisions(of: findings)
    return Report(
        id: UUID().uuidString.lowercased(), plan: request.plan.name, trigger: request.trigger,
        options: request.plan.options.isEmpty ? nil : request.plan.options, verdict: judgement.verdict,
        cause: judgement.cause, started: drill.record.started, finished: Date(), signed: request.signer != nil,
        backup: Report.Backup(request.backup, state), phases: state.phases.ended,
        environment: Report.Environment(state, tool: request.tool), checks: findings,
        tables: state.held.flatMap { held in held.data.tables.map { Report.Table($0, of: held) } })
}

extension Report.Table {
    fileprivate init(_ contents: TableContents, of held: DatabaseData) {
        let data = held.data
        self.init(
            schema: contents.schema ?? "public", name: contents.name, rows: contents.rows,
            // In another encoding, it is not the digest of the canonical rows.
            digest: data.encoding == "UTF8" ? contents.digest?.hash : nil,
            newest: data.newest[CopiedTable(schema: contents.schema, name: contents.name)])
        database = held.database
    }
}
