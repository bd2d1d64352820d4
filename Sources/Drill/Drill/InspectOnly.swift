import Archive
import Backup
import Causes
import Evidence
import Findings
import Report

/// What a backup is, read to its last byte without a server. Its properties are those of a report.
package struct Inspection: Encodable, Sendable {
    package let backup: Report.Backup
    package let verdict: Verdict
    /// Nil exactly when it passed.
    package let cause: Cause?
    package let checks: [Finding]
    /// The rows that the backup holds, table by table; empty for a kind of backup that shows none without a server.
    package let tables: [Report.Table]

    /// As JSON, in the form of a report.
    package func encoded() throws -> [UInt8] { try StatementJSON.encode(self) }
}

/// Does what a drill does before it starts a server.
///
///     find (─▶ fetch) ─▶ digest, inspect
/// - Throws: ``Backup/Mistake`` if a person must correct something first.
package func inspectOnly(_ request: DrillRequest, emit: @escaping DrillEventSink) async throws -> Inspection {
    let drill = DrillContext(request: request, emit: emit, onChecked: nil)
    var interrupted = false
    do {
        try await withBackup(of: drill) { backup in
            try await noticingChanges(of: backup, drill) {
                let data = try await read(backup, drill) { try await inspectAlone(backup, drill, $0) }
                drill.record.update { $0.held = data }
            }
        }
        try Task.checkCancellation()
    } catch let mistake as any Mistake {
        throw drill.named(mistake)
    } catch {
        interrupted = drill.note(ending: error)
    }
    let state = drill.record.current
    let findings = state.hasChanged ? state.findings.map(\.ofChangedBackup) : state.findings
    let judgement = Judgement(findings, interrupted: interrupted)
    judgement.logDecisions(of: findings)
    return Inspection(
        backup: Report.Backup(request.backup, state), verdict: judgement.verdict, cause: judgement.cause,
        checks: findings, tables: (state.held?.tables ?? []).map { Report.Table($0, of: state.held) })
}

extension Report.Table {
    fileprivate init(_ contents: TableContents, of data: BackupData?) {
        self.init(
            schema: contents.schema ?? "public", name: contents.name, rows: contents.rows,
            // In another encoding, it is not the digest of the canonical rows.
            digest: data?.encoding == "UTF8" ? contents.digest?.hash : nil,
            newest: data?.newest[CopiedTable(schema: contents.schema, name: contents.name)])
    }
}
