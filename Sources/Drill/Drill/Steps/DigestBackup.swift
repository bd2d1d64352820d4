import Backup
import Findings

/// The step `digest`, whose phase has begun: records the digest of the backup, which the report is bound to, and its size.
/// - Throws: ``Files/FileError`` when the backup cannot be read; `CancellationError`.
func digest(_ backup: BackupAtHand, _ drill: DrillContext, _ progress: SharedProgress) async throws {
    defer { drill.end(.digest) }
    switch backup {
    case .files(let here):
        let bytes = here.tree.bytes
        drill.record.update { $0.bytes = here.bytes ?? bytes }
        let found = try await digest(of: here, progress)
        drill.record.update { $0.digest = found }
    case .snapshot(let snapshot):
        let found = try snapshot.digest
        drill.record.update {
            $0.bytes = snapshot.description.bytes
            $0.digest = found
        }
    }
}

private func digest(of here: BackupHere, _ progress: SharedProgress) async throws -> [String: String] {
    if let known = here.digest { return known }
    return try await BackupDigest(of: here.tree) { progress.report($0, of: .digest) }.set
}
