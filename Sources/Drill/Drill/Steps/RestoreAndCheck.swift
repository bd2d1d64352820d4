import Backup
import Checks
import Findings
import Manifest
import Restore
import Synchronization

/// The steps from `unpack` or `start` to `teardown`: restores a backup, checks what came back, and removes it.
/// - Throws: what keeps the backup from being restored, or the checks of its only database from being asked.
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
    let phases = PhaseSequence(of: drill)
    let checking = DatabaseCheck(
        drill: drill, phases: phases, created: backup.description.created,
        isChosen: type(of: backup).abilities.contains(.databaseChoice), manifest: manifest, jobs: setting.questions)
    let emit: RestoreEventSink = { restoreEvent($0, phases) }
    let kept = try await backup.withRestored(in: setting, cleanup: drill.cleanup, emit: emit) { restoring in
        try await checking.check(restoring)
    }
    drill.record.update { $0.kept = kept.lazy.compactMap(\.self).first }
}

/// Phases of which each ends the one before. The last one ends with the drill: if a restore fails, its phase also has
/// the time in which the server is removed.
final class PhaseSequence: Sendable {
    let drill: DrillContext
    private let running = Mutex<DrillPhase?>(nil)

    init(of drill: DrillContext) { self.drill = drill }

    /// The phase that runs goes on if it is proceeded to again: databases of one copy are checked in one phase.
    func proceed(to phase: DrillPhase) {
        let before = running.withLock { running in
            defer { running = phase }
            return running
        }
        if before != phase { drill.begin(phase, ending: before) }
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
    case .databases(let names):
        drill.record.update { $0.databases = names }
        drill.emit(.note("\(counted(names.count, "database")): \(names.joined(separator: ", "))"))
        if let source = drill.record.current.manifest?.manifest.source.database, !names.contains(source) {
            drill.add([.manifest(ofUnchecked: source)])
        }
    case .told(let problems, let findings): drill.add(problems.map(RestoreCheck.finding(about:)) + findings)
    case .server(let words), .note(let words): drill.emit(.note(words))
    case .environment(let environment): drill.record.update { $0.environment = environment }
    case .item(let item): drill.emit(.item(item))
    case .progress(let done, let total, let unit): drill.emit(.progress(done: done, total: total, unit: unit))
    }
}

extension Finding {
    /// What a manifest says of a database cannot be held against others.
    fileprivate static func manifest(ofUnchecked database: String) -> Finding {
        Finding(
            id: .archive, subject: "manifest", status: .notRun, basis: .manifest,
            reason: "it is of the database \(database), which is not among those that are checked")
    }
}
