import Backup
import Causes
import Findings
import SystemPackage

/// The step `digest`: records the digest of the backup, which the report is bound to, and its size.
/// - Returns: the state of the backup's files before they were read; nil if the backup has no files here.
/// - Throws: `Errno` when the backup cannot be read; `CancellationError`.
func digest(_ backup: BackupAtHand, _ drill: DrillContext) async throws -> BackupState? {
    try await drill.during(.digest) {
        switch backup {
        case .files(let here):
            let state = try BackupState(of: here.path)
            drill.record.update { $0.bytes = here.bytes ?? state.bytes }
            let found = try await digest(of: here, bytes: state.bytes, drill)
            drill.record.update { $0.digest = found }
            return state
        case .snapshot(let snapshot):
            let found = try snapshot.digest
            drill.record.update {
                $0.bytes = snapshot.description.bytes
                $0.digest = found
            }
            return nil
        }
    }
}

private func digest(of here: BackupHere, bytes: Int64, _ drill: DrillContext) async throws -> [String: String] {
    if let known = here.digest { return known }
    return try await BackupDigest(of: here.path) { drill.emit(.progress(done: $0, total: bytes, unit: .bytes)) }.set
}

/// Runs the steps that read the backup. If its files change meanwhile, that becomes a finding, in the place of any
/// error of these steps: what is wrong with a backup that is still being written says nothing about it.
/// - Parameter state: of its files before the first of them was read; nil if it has no files here.
/// - Throws: what `body` throws, if the backup did not change or the drill was cancelled; `Errno` when its files
///   cannot be looked at.
func noticingChanges(
    of backup: BackupAtHand, since state: BackupState?, _ drill: DrillContext, _ body: () async throws -> Void
) async throws {
    // The files that were fetched are ours: no backup job writes to them.
    guard let state, case .files(let here) = backup, here.workspace == nil else { return try await body() }
    func hasChanged() throws -> Bool { try BackupState(of: here.path) != state }
    do {
        try await body()
    } catch {
        guard !Task.isCancelled, try hasChanged() else { throw error }
        return drill.add([.changed(here.path)])
    }
    if try hasChanged() { drill.add([.changed(here.path)]) }
}

extension Finding {
    fileprivate static func changed(_ path: FilePath) -> Finding {
        let rule = Causes.cause(of: .archiveChanged)
        return Finding(
            id: .restore, subject: path.string, status: rule.status, basis: .rule, expected: "an unchanged backup",
            observed: "its files changed during the drill", reason: rule.reason, cause: rule.cause)
    }
}
