import Archive
import Backup
import Causes
import Checks
import Crypto
import Evidence
import Findings
import Foundation
import Postgres
import Report
import Restore
import Scratch
import Snapshots
import SystemPackage

/// One drill to run.
package struct DrillRequest: Sendable {
    package var plan: Plan
    package var backup: FoundBackup
    package var reports: FilePath
    /// Nil leaves the report unsigned, and the report says so.
    package var signer: (any Signer)?
    package var trigger: Report.Trigger
    package var toolVersion: String
    /// What drills, as its reports name it.
    var tool: String { "pgassay \(toolVersion)" }
    package var keepScratch: Bool

    package init(
        plan: Plan, backup: FoundBackup, reports: FilePath, signer: (any Signer)?, trigger: Report.Trigger,
        toolVersion: String, keepScratch: Bool
    ) {
        self.plan = plan
        self.backup = backup
        self.reports = reports
        self.signer = signer
        self.trigger = trigger
        self.toolVersion = toolVersion
        self.keepScratch = keepScratch
    }
}

/// A database that a drill has restored and checked, while it is there.
package struct CheckedDatabase: Sendable {
    /// As a role that sees every row.
    package let target: ConnectionTarget
    /// From what was found so far; objectives are measured later.
    package let judgement: Judgement
    /// Of the backup, as reports have it.
    package let backupDigest: [String: String]
}

/// Does something with a checked database. What goes wrong there is no finding of the drill.
package typealias CheckedDatabaseSink = @Sendable (CheckedDatabase) async -> Void

/// What came of a drill.
package struct DrillResult: Sendable {
    package let report: Report
    /// The bytes that were signed and stored.
    package let statement: [UInt8]
    package let file: FilePath
    package let kept: KeptServer?
}

/// Runs a drill and writes its report: also when it failed, could not tell, or was interrupted.
///
///     find (─▶ fetch) ─▶ digest ─▶ inspect (─▶ unpack) ─▶ start ─▶ restore (─▶ recover) ─▶ check ─▶ teardown ─▶ report
///     find ─▶ digest ─▶ restore ─▶ check ─▶ teardown ─▶ report, of a snapshot in a cloud
///
/// Whatever goes wrong on the way ends the way and becomes a finding; the report is written all the same.
/// - Parameter onChecked: is given the database that was restored and checked, before it is taken down.
/// - Throws: only when the report itself cannot be written; ``UnstoredReport`` holds what it would have said.
package func runDrill(
    _ request: DrillRequest, emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink? = nil
) async throws -> DrillResult {
    let record = DrillRecord()
    let cleanup = CleanupLog()
    let enter: @Sendable (String) -> Void = { phase in
        record.enter(phase)
        emit(.phase(phase))
    }
    enter("find")
    emit(.note("backup \(request.backup.location): \(request.backup.reason)"))
    var interrupted = false
    do {
        try await perform(request, record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
        // Whoever stopped a drill that had only to be taken down is told that it was stopped, like everybody else.
        try Task.checkCancellation()
    } catch {
        // Whatever was thrown while the task was being cancelled is a consequence of that.
        interrupted = Task.isCancelled || error is CancellationError
        if !interrupted, let flawed = error as? FlawedBackup {
            record.add(flawed.findings, emit: emit)
        } else if !interrupted {
            record.add([Finding(ending: error, subject: request.backup.location)], emit: emit)
        }
    }
    record.enter(nil)
    return try await writeReport(request, record, cleanup, interrupted: interrupted)
}

/// The steps up to the end of the teardown.
private func perform(
    _ request: DrillRequest, _ record: DrillRecord, _ cleanup: CleanupLog, enter: @escaping @Sendable (String) -> Void,
    emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink?
) async throws {
    try Task.checkCancellation()
    switch request.backup.origin {
    case .files(let path):
        try await perform(
            request, on: BackupHere(path: path), record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
    case .repository(let repository, let backup):
        enter("fetch")
        try await withFetched(backup, of: repository, request.plan, cleanup, emit: emit) { here in
            try await perform(request, on: here, record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
        }
    case .unlisted(_, let failure): throw failure
    case .snapshot(let backup):
        try await perform(request, on: backup, record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
    }
}

/// The steps of a snapshot, whose bytes are elsewhere and stay there.
private func perform(
    _ request: DrillRequest, on backup: SnapshotBackup, _ record: DrillRecord, _ cleanup: CleanupLog,
    enter: @escaping @Sendable (String) -> Void, emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink?
) async throws {
    enter("digest")
    let digest = try backup.digest
    record.update {
        $0.bytes = backup.description.bytes
        $0.digest = digest
        $0.description = backup.description
    }
    record.add(backup.flaws { _ in }, emit: emit)
    let setting = try RestoreSetting(request.plan, keep: false)
    try await restoreAndCheck(
        backup, setting, request, record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
}

/// The steps from the backup's digest on.
private func perform(
    _ request: DrillRequest, on here: BackupHere, _ record: DrillRecord, _ cleanup: CleanupLog,
    enter: @escaping @Sendable (String) -> Void, emit: @escaping DrillEventSink, onChecked: CheckedDatabaseSink?
) async throws {
    let path = here.path
    enter("digest")
    let before = try BackupState(of: path)
    record.update { $0.bytes = here.bytes ?? before.bytes }
    let digest: [String: String]
    if let known = here.digest {
        digest = known
    } else {
        digest = try await BackupDigest(of: path) { emit(.progress(done: $0, total: before.bytes, unit: .bytes)) }.set
    }
    record.update { $0.digest = digest }

    // What is wrong with a backup that is still being written says nothing of it.
    func hasChanged() throws -> Bool { try here.workspace == nil && BackupState(of: path) != before }
    do {
        enter("inspect")
        let backup = restorable(try openBackup(at: path, clock: BackupClock(request.plan.backup)))
        record.update { $0.description = backup.description }
        let flaws = try backup.flaws { done in
            try Task.checkCancellation()
            emit(.progress(done: done, total: before.bytes, unit: .bytes))
        }
        // pg_restore can spin for ever on what is cut off, and whatever it restored would not be the backup.
        guard !flaws.contains(where: { $0.status == .failed }) else { throw FlawedBackup(findings: flaws) }
        record.add(flaws, emit: emit)
        let setting = try RestoreSetting(request.plan, keep: request.keepScratch, here: here)
        try await restoreAndCheck(
            backup, setting, request, record, cleanup, enter: enter, emit: emit, onChecked: onChecked)
    } catch {
        guard !Task.isCancelled, try hasChanged() else { throw error }
        return record.add([.changed(path)], emit: emit)
    }
    if try hasChanged() { record.add([.changed(path)], emit: emit) }
}

extension Finding {
    fileprivate static func changed(_ path: FilePath) -> Finding {
        let rule = Causes.cause(of: .archiveChanged)
        return Finding(
            id: .restore, subject: path.string, status: rule.status, basis: .rule, expected: "an unchanged backup",
            observed: "its files changed during the drill", reason: rule.reason, cause: rule.cause)
    }
}

private func restoreAndCheck(
    _ backup: any RestorableBackup, _ setting: RestoreSetting, _ request: DrillRequest, _ record: DrillRecord,
    _ cleanup: CleanupLog, enter: @escaping @Sendable (String) -> Void, emit: @escaping DrillEventSink,
    onChecked: CheckedDatabaseSink?
) async throws {
    let plan = request.plan
    let clock = BackupClock(plan.backup)
    let restoring: RestoreEventSink = { restoreEvent(record, enter: enter, emit: emit, $0) }
    let checks = CheckRequest(
        plan: plan.checks, backupTime: backup.description.created, timeZone: clock.timeZone,
        recoveryPoint: plan.objectives.recoveryPoint, jobs: setting.questions, deadline: plan.limits.statement)
    let kept = try await backup.withRestored(in: setting, cleanup: cleanup, emit: restoring) { restoring in
        let results = try await runChecks(checks, on: restoring, emit: { checkEvent(emit: emit, $0) }) { restored in
            record.update { $0.isRestored = true }
            record.add(restored.problems.map(RestoreCheck.finding(about:)) + restored.findings, emit: emit)
            enter("check")
        }
        record.update {
            $0.results = results
            $0.findings += results.findings
        }
        if let onChecked {
            enter("export")
            let state = record.current
            await onChecked(
                CheckedDatabase(
                    target: restoring.target, judgement: Judgement(state.findings), backupDigest: state.digest))
        }
        enter("teardown")
        return try await restoring.restored().kept
    }
    record.update { $0.kept = kept }
}
