import Fetch
import Foundation
import Scratch
import SystemPackage

/// A backup on this machine.
struct BackupHere: Sendable {
    let path: FilePath
    /// The directory of ours that it was fetched into; nil where it lies elsewhere and stays as it is.
    var workspace: FilePath?
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
        // Of many steps each may be in time, and all of them together not.
        let fetched = try await within(plan.limits.fetch, of: repository) {
            try await repository.fetch(backup, to: workspace, deadline: plan.limits.fetch) { event in
                switch event {
                case .item(let name): emit(.item(name))
                case .progress(let done, let total): emit(.progress(done: done, total: total, unit: .bytes))
                }
            }
        }
        return try await body(
            BackupHere(
                path: fetched.path, workspace: workspace.path, log: fetched.log,
                digest: fetched.sha256.map { ["sha256": $0] }, bytes: fetched.bytes))
    }
}

/// Runs `body`, which is cancelled when the time is over.
private func within<Result: Sendable>(
    _ limit: Duration, of repository: any BackupRepository, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            throw FetchError.deadlineExceeded(program: repository.program, seconds: limit / .seconds(1))
        }
        defer { group.cancelAll() }
        return try await group.next()!
    }
}
