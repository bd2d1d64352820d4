import Archive
import Digests
import Fetch
import Files
import Foundation
import Scratch
import Snapshots
import SystemPackage

/// A backup that can be drilled now.
enum BackupAtHand: Sendable {
    case files(BackupHere)
    /// Its bytes are in a cloud and stay there.
    case snapshot(SnapshotBackup)
}

/// A backup on this machine, opened. Every step reads what was opened here.
struct BackupHere: Sendable {
    let tree: OpenTree
    /// The SHA-256 of those of its files that were read.
    let files: FileDigests
    /// The directory of ours that it was fetched into; nil if the backup is where it was found and must stay as it is.
    var workspace: FilePath?
    /// The log that came with it.
    var log: FilePath?
    /// Of what was fetched, if it was read on its way; else the backup is read for it.
    var digest: [String: String]?
    var bytes: Int64?

    init(
        _ tree: OpenTree, workspace: FilePath? = nil, log: FilePath? = nil, digest: [String: String]? = nil,
        bytes: Int64? = nil
    ) {
        self.tree = tree
        files = FileDigests(of: tree)
        self.workspace = workspace
        self.log = log
        self.digest = digest
        self.bytes = bytes
    }
}

/// The steps `find` and `fetch`: opens the backup of a drill, and runs `body` with it. What was fetched for it is removed afterwards.
/// - Parameter choosesDatabase: as for ``openRefusingMistakes(at:_:following:choosesDatabase:)``.
/// - Throws: ``Backup/Mistake``; ``Archive/ArchiveError`` where it cannot be opened; ``Fetch/FetchError``, ``Scratch/ScratchError``; what `body` throws.
func withBackup(
    of drill: DrillContext, choosesDatabase: Bool = true,
    _ body: @escaping @Sendable (BackupAtHand) async throws -> Void
) async throws {
    let backup = drill.request.backup
    let atHand: BackupAtHand? = try await drill.during(.find) {
        drill.emit(.note("backup \(backup.location): \(backup.reason)"))
        try Task.checkCancellation()
        switch backup.origin {
        case .unlisted(_, let failure): throw failure
        case .files(let path):
            return .files(
                BackupHere(try openRefusingMistakes(at: path, drill.plan, choosesDatabase: choosesDatabase)))
        case .snapshot(let snapshot): return .snapshot(snapshot)
        case .repository(let repository, let listed):
            try refuseUndecryptable(listed, of: repository)
            return nil
        }
    }
    if let atHand {
        try await body(atHand)
    } else if case .repository(let repository, let listed) = backup.origin {
        try await withFetched(listed, of: repository, drill, body)
    }
}

/// Runs `body` with a backup of a repository, fetched into a directory that is removed afterwards.
private func withFetched(
    _ backup: RepositoryBackup, of repository: any BackupRepository, _ drill: DrillContext,
    _ body: @escaping @Sendable (BackupAtHand) async throws -> Void
) async throws {
    let plan = drill.plan
    drill.begin(.fetch)
    try await withWorkspace(
        below: plan.scratch.directory ?? ScratchDirectory.defaultParent, account: plan.scratch.account,
        isolation: plan.scratch.isolation, diskSpace: plan.scratch.diskSpace ?? backup.bytes ?? 0, label: plan.name,
        cleanup: drill.cleanup
    ) { workspace in
        // Each command of a repository has this deadline; all of them together have the same.
        let fetched = try await within(plan.limits.fetch, of: repository) {
            try await repository.fetch(backup, to: workspace, deadline: plan.limits.fetch) { event in
                switch event {
                case .item(let name): drill.emit(.item(name))
                case .progress(let done, let total): drill.emit(.progress(done: done, total: total, unit: .bytes))
                }
            }
        }
        drill.end(.fetch)
        // Tools lay tablespaces beside the data directory.
        let tree = try openRefusingMistakes(at: fetched.path, plan, following: [workspace.path])
        try await body(
            .files(
                BackupHere(
                    tree, workspace: workspace.path, log: fetched.log,
                    digest: fetched.sha256.map { ["sha256": $0] }, bytes: fetched.bytes)))
    }
}

/// Runs `body`, which is cancelled when the time is over.
private func within<Value: Sendable>(
    _ limit: Duration, of repository: any BackupRepository, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            throw FetchError.deadlineExceeded(program: repository.program, seconds: limit / .seconds(1))
        }
        defer { group.cancelAll() }
        return try await group.next()!
    }
}
