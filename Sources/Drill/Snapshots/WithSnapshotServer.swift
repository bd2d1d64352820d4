import AWS
import Foundation
import Restore
import Scratch
import SystemPackage

/// Restores a snapshot to a new instance or cluster in the cloud, runs `body` with it, deletes it and proves that it is
/// gone, even if `body` fails.
///
///     lock ─▶ order ─▶ wait ─▶ body ─▶ delete ─▶ prove ─▶ unlock
///
/// - Throws: ``SnapshotError``, ``Scratch/ScratchError``; what `body` throws. What could not be deleted is in the
///   cleanup log.
func withSnapshotServer<Result: Sendable>(
    of backup: SnapshotBackup, in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
    _ body: @escaping @Sendable (RestoredInstance) async throws -> Result
) async throws -> Result {
    let source = backup.source
    let service = try source.service()
    let (name, expires) = (ScratchDirectory.newName(), Date() + source.timeToLive / .seconds(1))
    let lock = try DrillLock(
        named: name, below: setting.lockDirectory, label: "\(setting.label): \(backup.snapshot.arn)", expires: expires)
    let server = SnapshotServer(
        of: backup.snapshot, source, service, name: name, tags: SnapshotTags(plan: setting.label, expires: expires),
        emit: emit)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(
            try await within(source.timeToLive) {
                let made = try await server.make(within: setting.deadline)
                return try await body(
                    RestoredInstance(
                        source: source, snapshot: backup.snapshot, service: service, resource: made,
                        age: .ordered(server.began)))
            })
    } catch {
        outcome = .failure(error)
    }
    // Runs even if our task was cancelled: what was created must not stay.
    let deadline = setting.removalDeadline
    if await Task(operation: { await server.remove(within: deadline, cleanup) }).value { lock.remove() }
    return try outcome.get()
}

/// Runs `body`, and ends it after a length of time.
/// - Throws: ``SnapshotError/timeToLiveOver(seconds:)``; what `body` throws.
func within<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw SnapshotError.timeToLiveOver(seconds: limit / .seconds(1))
        }
        return result
    }
}

extension RestoreSetting {
    /// The directory for the lock of a drill that creates something elsewhere.
    fileprivate var lockDirectory: FilePath {
        if case .ownServer(let parent, _) = server { parent } else { ScratchDirectory.defaultParent }
    }
}
