import Fetch
import Foundation
import Scratch
import SystemPackage

/// A backup on this machine.
struct BackupHere: Sendable {
    let path: FilePath
    /// A copy of ours, which may be taken apart.
    var isOurs = false
    /// The log that came with it.
    var log: FilePath?
    /// Of what was fetched, where it was read on its way; else the backup is read for it.
    var digest: [String: String]?
    var bytes: Int64?
}

/// Runs `body` with a backup of a repository, fetched into a directory that is removed afterwards.
/// - Throws: ``Fetch/FetchError``, ``Scratch/ScratchError``; what `body` throws.
func withFetched<Result: Sendable>(
    _ backup: RepositoryBackup, of repository: any BackupRepository, _ plan: Plan, _ cleanup: CleanupLog,
    emit: @escaping DrillEventSink, _ body: @escaping @Sendable (BackupHere) async throws -> Result
) async throws -> Result {
    try await withWorkspace(
        below: plan.scratch.directory ?? ScratchDirectory.defaultParent, account: plan.scratch.account,
        diskSpace: plan.scratch.diskSpace ?? backup.bytes ?? 0, label: plan.name, cleanup: cleanup
    ) { workspace in
        let fetched = try await repository.fetch(backup, to: workspace, deadline: plan.limits.fetch) { event in
            switch event {
            case .item(let name): emit(.item(name))
            case .progress(let done, let total): emit(.progress(done: done, total: total, unit: .bytes))
            }
        }
        return try await body(
            BackupHere(
                path: fetched.path, isOurs: true, log: fetched.log,
                digest: fetched.sha256.map { ["sha256": $0] }, bytes: fetched.bytes))
    }
}
