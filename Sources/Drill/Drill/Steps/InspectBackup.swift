import Backup
import Findings
import Restore

/// The step `inspect`: opens the backup and looks for flaws, without a server. Of a snapshot in a cloud, only what AWS
/// says of it is known, and there is no phase of this name.
/// - Throws: ``ImpossibleDemand``; ``Backup/FlawedBackup`` if something is missing; ``Archive/ArchiveError``, ``Files/FileError``,
///   `CancellationError`.
func inspect(_ backup: BackupAtHand, _ drill: DrillContext) async throws -> any RestorableBackup {
    switch backup {
    case .files(let here):
        return try await drill.during(.inspect) { try inspect(here, drill) }
    case .snapshot(let snapshot):
        try drill.request.requirePossible(for: snapshot)
        drill.record.update { $0.description = snapshot.description }
        drill.add(snapshot.inspect { _ in })
        return snapshot
    }
}

private func inspect(_ here: BackupHere, _ drill: DrillContext) throws -> any RestorableBackup {
    var backup = restorable(try openBackup(here.tree, clock: BackupClock(drill.plan.backup)))
    drill.record.watch(backup.trees, besides: here.workspace)
    // Of a backup that was fetched, this is known only now.
    try drill.request.requirePossible(for: backup)
    drill.record.update { $0.description = backup.description }
    let bytes = backup.description.bytes
    let findings = try backup.inspect { done in
        try Task.checkCancellation()
        drill.emit(.progress(done: done, total: bytes, unit: .bytes))
    }
    // pg_restore can run for ever on a backup that is cut off, runs what a crafted one tells it to, and what it restored
    // would not be the backup.
    guard !findings.contains(where: { $0.status == .failed }) else { throw FlawedBackup(findings: findings) }
    drill.add(findings)
    return backup
}
