import Archive
import Backup
import Files
import Findings
import Foundation
import Manifest
import Restore
import Scratch
import SystemPackage

/// The step `inspect`: opens the backup and looks for flaws, without a server. Of a snapshot in a cloud, only what AWS
/// says of it is known, and there is no phase of this name.
/// - Throws: ``ImpossibleDemand``; ``Backup/FlawedBackup`` if something is missing; ``Archive/ArchiveError``, ``Files/FileError``,
///   `CancellationError`.
func inspect(
    _ backup: BackupAtHand, _ drill: DrillContext, _ progress: SharedProgress
) async throws -> any RestorableBackup {
    switch backup {
    case .files(let here):
        return try await drill.during(.inspect) { try inspect(here, drill, progress) }
    case .snapshot(let snapshot):
        try drill.request.requirePossible(for: snapshot)
        drill.record.update { $0.description = snapshot.description }
        drill.add(snapshot.inspect { _ in })
        return snapshot
    }
}

/// The step `inspect` of a command that starts no server: what is wrong is told, and ends nothing.
/// - Parameters:
///   - request: for a part of the backup; nil reads all of it.
///   - manifest: what the source had, by whose ranges the rows are taken.
/// - Throws: as ``inspect(_:_:_:)``, except ``Backup/FlawedBackup``; ``NoSample``.
func inspectAlone(
    _ backup: BackupAtHand, _ request: SampleRequest?, against manifest: SourceManifest? = nil, _ drill: DrillContext,
    _ progress: SharedProgress
) async throws -> any BackupKind {
    guard case .files(let here) = backup else { return try await inspect(backup, drill, progress) }
    return try await drill.during(.inspect) {
        var backup = try open(here, drill)
        let sample = try request.map { try Sample($0, of: backup, at: drill.request.backup.location) }
        let scratch = try ScratchDirectory.existingDirectory(
            of: drill.plan.scratch.directory ?? ScratchDirectory.defaultParent)
        let archive = try (drill.plan.recovery.archive ?? here.log).map { try OpenTree.ofLogArchive(at: $0) }
        let findings = try await backup.inspectAlone(
            InspectionSetting(
                scratch: scratch, logArchive: archive, isSnapshot: drill.plan.recovery.isSnapshot,
                workers: ProcessInfo.processInfo.activeProcessorCount,
                only: sample?.names, digests: sample == nil && here.digest == nil ? here.files : nil,
                wanted: manifest?.wantedRows ?? WantedRows(), unpacking: drill.unpacking(below: scratch)
            ) { progress.report($0, of: .inspect, total: $1) })
        drill.add(findings)
        let (data, databases) = (backup.dataOfDatabases, backup.databases)
        let (result, bytes) = (sample?.result(findings), backup.description.bytes)
        drill.record.update {
            $0.held = data
            if databases.count > 1 { $0.databases = databases }
            $0.sample = result
            if result != nil { $0.bytes = bytes }
        }
        return backup
    }
}

extension DrillContext {
    /// Where an inspection unpacks a dump: a scratch directory, as a drill has it. No program works in it, so it has no walls.
    fileprivate func unpacking(below scratch: FilePath) -> InspectionSetting.Unpacking {
        let (plan, cleanup) = (plan, cleanup)
        return { bytes, body in
            try await withWorkspace(
                below: scratch, account: plan.scratch.account, isolation: .none,
                diskSpace: plan.scratch.diskSpace ?? bytes, label: plan.name, cleanup: cleanup
            ) { workspace in
                let directory = workspace.path.appending("unpacked")
                try workspace.makeDirectory(directory)
                return try await body(
                    UnpackingPlace(
                        directory: directory, owner: workspace.fence.account.owner,
                        limit: try plan.scratch.diskSpace ?? freeDiskSpace(at: workspace.path) / 10 * 9))
            }
        }
    }
}

private func open(_ here: BackupHere, _ drill: DrillContext) throws -> any RestorableFiles {
    let backup = restorable(try openBackup(here.tree, of: drill.plan))
    drill.record.watch(backup.trees, besides: here.workspace)
    // Of a backup that was fetched, this is known only now.
    try drill.request.requirePossible(for: backup)
    drill.record.update { $0.description = backup.description }
    return backup
}

extension SharedProgress {
    fileprivate var ofInspection: (Int64) throws -> Void {
        { done in
            try Task.checkCancellation()
            self.report(done, of: .inspect)
        }
    }
}

private func inspect(
    _ here: BackupHere, _ drill: DrillContext, _ progress: SharedProgress
) throws -> any RestorableBackup {
    var backup = try open(here, drill)
    let findings = try backup.inspect(progress: progress.ofInspection)
    if backup.isWorthRestoring(findings) {
        drill.add(findings)
        return backup
    }
    let areSeveral = drill.plan.recovery.databases != nil
    let (failed, others) = (findings.filter { $0.status == .failed }, findings.filter { $0.status != .failed })
    guard areSeveral, failed.allSatisfy({ backup.isOfOneDatabase($0) }) else { throw FlawedBackup(findings: findings) }
    drill.add(others)
    return backup
}
