import Backup
import Findings
import Postgres

/// Runs a drill and writes its report: also when it failed, could not tell, or was interrupted. The ledger has its begin before, and its
/// end after it.
///
///     find (─▶ fetch) (─▶ manifest) ─▶ digest, inspect ─▶ start ─▶ restore ─▶ check ─▶ teardown ─▶ report
///     find (─▶ fetch) (─▶ manifest) ─▶ inspect (─▶ unpack) ─▶ start ─▶ digest, restore ─▶ recover ─▶ check ─▶ teardown ─▶ report, of a
///     base backup
///     find ─▶ digest ─▶ restore ─▶ check ─▶ teardown ─▶ report, of a snapshot in a cloud
///
/// If a step fails, the drill stops, the error becomes a finding, and the report is still written. Each step is a file
/// in `Steps`.
/// - Parameter onChecked: is given the database that was restored and checked, before it is removed.
/// - Throws: ``Backup/Mistake`` if a person must correct something first, such as a path that leads to no backup: then nothing
///   was asked, and there is no report; or when the report itself cannot be written: ``UnstoredReport`` holds what it would
///   have said.
package func runDrill(
    _ request: DrillRequest, emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink? = nil
) async throws -> DrillResult {
    var request = request
    if request.run == nil, let ledger = request.ledger {
        request.run = await LedgerRun.begin(ledger, plan: request.plan.name) { emit(.note($0)) }
    }
    do {
        return try await conduct(request, emit: emit, onChecked: onChecked)
    } catch {
        await request.run?.endWithoutReport(error is any Mistake ? .mistake : .notStored)
        throw error
    }
}

private func conduct(
    _ request: DrillRequest, emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink?
) async throws -> DrillResult {
    let drill = DrillContext(request: request, emit: emit, onChecked: onChecked)
    if request.signer == nil { emit(.note("ledger: no entry, because the drill is not signed")) }
    if let run = request.run { drill.add(run.findings) }
    var interrupted = false
    do {
        // Every drill connects. Before anything is fetched, or made for money.
        try requireLibPQ()
        try await withBackup(of: drill) { backup in
            try await noticingChanges(of: backup, drill) {
                try await namingByDigest(backup, drill) {
                    let manifest = try readManifest(of: drill)
                    let moment = backup.digestMoment(isRestored: true)
                    let inspected = try await read(backup, drill, digest: moment) {
                        try await inspect(backup, drill, $0)
                    }
                    try drill.hold(inspected, against: manifest)
                    try await restoreAndCheck(inspected, backup, manifest?.manifest, drill)
                }
            }
        }
        // A drill that was stopped while it only had to remove what it made says that it was stopped, as every other.
        try Task.checkCancellation()
    } catch let mistake as any Mistake where drill.cleanup.entries.allSatisfy(\.removed) {
        // What is left behind needs a report; else there is nothing to report.
        throw drill.named(mistake)
    } catch {
        interrupted = drill.note(ending: error)
    }
    drill.record.update { $0.phases.endAll() }
    return try await finish(drill, interrupted: interrupted)
}

extension DrillContext {
    /// Keeps the error that ended the steps, as a finding.
    /// - Returns: whether the drill was interrupted; any other error is then a consequence of that, and is not kept.
    func note(ending error: any Error) -> Bool {
        if Task.isCancelled || error is CancellationError { return true }
        if let flawed = error as? FlawedBackup {
            add(flawed.findings)
        } else {
            add([Finding(ending: error, subject: request.backup.location)])
        }
        return false
    }
}
