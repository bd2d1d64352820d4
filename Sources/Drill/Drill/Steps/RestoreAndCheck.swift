import Backup
import Checks
import Findings
import Manifest
import Restore
import Synchronization

/// The steps from `unpack` or `start` to `teardown`: restores a backup, checks what came back, and removes it.
/// - Throws: what keeps the backup from being restored, or the checks from being asked.
func restoreAndCheck(
    _ backup: any RestorableBackup, _ atHand: BackupAtHand, _ manifest: SourceManifest?, _ drill: DrillContext
) async throws {
    let setting =
        switch atHand {
        case .files(let here):
            try RestoreSetting(
                drill.plan, keep: drill.request.keepScratch, here: here,
                takesDigest: drill.record.current.digest.isEmpty)
        case .snapshot: try RestoreSetting(drill.plan, keep: false)
        }
    let checks = CheckRequest(
        plan: drill.plan.checks, backupTime: backup.description.created,
        timeZone: BackupClock(drill.plan.backup).timeZone, recoveryPoint: drill.plan.objectives.recoveryPoint,
        manifest: manifest, jobs: setting.questions, deadline: drill.plan.limits.statement)
    let phases = PhaseSequence(of: drill)
    let emit: RestoreEventSink = { restoreEvent($0, phases) }
    let hasDatabases = type(of: backup).abilities.contains(.databaseChoice)
    let kept = try await backup.withRestored(in: setting, cleanup: drill.cleanup, emit: emit) { restoring in
        // Which of its databases is checked is known only now.
        if hasDatabases { drill.record.update { $0.description?.database = restoring.target.database } }
        var asked = checks
        asked.keepsHistory = drill.plan.history != nil
        asked.earlier = try readHistory(
            of: drill, before: backup.description.created, database: drill.record.current.description?.database)
        let results = try await runChecks(asked, on: restoring, emit: { checkEvent($0, drill) }) { restored in
            drill.record.update { ($0.isRestored, $0.secondsElsewhere) = (true, restored.secondsElsewhere) }
            drill.add(restored.problems.map(RestoreCheck.finding(about:)) + restored.findings)
            phases.proceed(to: .check)
        }
        drill.record.update {
            $0.results = results
            $0.findings += results.findings
        }
        if let onChecked = drill.onChecked, !drill.noticesChange() {
            phases.proceed(to: .export)
            let state = drill.record.current
            await onChecked(
                CheckedDatabase(
                    target: restoring.target, judgement: Judgement(state.findings), backupDigest: state.digest))
        }
        // Runs until the drill ends: what was fetched for it is removed after the server.
        phases.proceed(to: .teardown)
        return try await restoring.restored().kept
    }
    drill.record.update { $0.kept = kept }
}

/// Phases of which each ends the one before. The last one ends with the drill: if a restore fails, its phase also has
/// the time in which the server is removed.
private final class PhaseSequence: Sendable {
    let drill: DrillContext
    private let running = Mutex<DrillPhase?>(nil)

    init(of drill: DrillContext) { self.drill = drill }

    func proceed(to phase: DrillPhase) {
        let before = running.withLock { running in
            defer { running = phase }
            return running
        }
        drill.begin(phase, ending: before)
    }
}

/// Keeps what a restore tells, and tells it as the drill's own event.
private func restoreEvent(_ event: RestoreEvent, _ phases: PhaseSequence) {
    let drill = phases.drill
    switch event {
    case .phase(let phase): phases.proceed(to: phase)
    case .digesting: drill.beginDigest()
    case .digested(let digest):
        drill.keep(digest: digest.set)
        drill.end(.digest)
    case .server(let words), .note(let words): drill.emit(.note(words))
    case .environment(let environment): drill.record.update { $0.environment = environment }
    case .item(let item): drill.emit(.item(item))
    case .progress(let done, let total, let unit): drill.emit(.progress(done: done, total: total, unit: unit))
    }
}

/// Tells an event of the checks as the drill's own.
private func checkEvent(_ event: CheckEvent, _ drill: DrillContext) {
    switch event {
    case .asking(let what): drill.emit(.item(what))
    case .progress(let done, let total): drill.emit(.progress(done: done, total: total, unit: .bytes))
    case .finding(let finding): drill.emit(.finding(finding))
    }
}
