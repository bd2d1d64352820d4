import Backup
import Findings
import Physical

/// When the digest of a backup is taken: never in a reading of its own where something else reads the same bytes.
enum DigestMoment {
    /// Beside the inspection, which reads the whole backup and not every file from its beginning to its end.
    case besideInspection
    /// By the inspection, which reads every file.
    case byInspection
    /// By the restore: the inspection before it only looks at names and sizes.
    case byRestore
}

extension BackupAtHand {
    /// - Parameter isRestored: false where no server is started.
    func digestMoment(isRestored: Bool) -> DigestMoment {
        guard case .files(let here) = self, here.digest == nil else { return .besideInspection }
        let isDirectory = DataDirectory.isOne(here.tree)
        if isRestored { return isDirectory || TarredBackup.isNamedLikeOne(here.tree) ? .byRestore : .besideInspection }
        return isDirectory ? .byInspection : .besideInspection
    }
}

/// The step `digest`: records the digest of the backup, which the report is bound to. What was read of it already is not read again.
/// - Throws: ``Files/FileError`` when the backup cannot be read; `CancellationError`.
func digest(_ backup: BackupAtHand, _ drill: DrillContext, _ progress: SharedProgress) async throws {
    drill.beginDigest()
    defer { drill.end(.digest) }
    drill.keep(digest: try await known(of: backup, progress))
}

private func known(of backup: BackupAtHand, _ progress: SharedProgress) async throws -> [String: String] {
    switch backup {
    case .snapshot(let snapshot): return try snapshot.digest
    case .files(let here):
        if let known = here.digest { return known }
        return try await BackupDigest(of: here.files) { progress.report($0, of: .digest) }.set
    }
}

/// Runs the steps that read a backup. However they end, the report names the backup by its digest: if none of them took it, or
/// came to the end with it, that is done now.
/// - Throws: what `body` throws. If that is a ``Backup/Mistake``, no report follows, and no digest is taken.
func namingByDigest(_ backup: BackupAtHand, _ drill: DrillContext, _ body: () async throws -> Void) async throws {
    drill.record.update { $0.bytes = backup.bytes }
    let result: Result<Void, any Error>
    do {
        result = .success(try await body())
    } catch let mistake as any Mistake {
        throw mistake
    } catch {
        result = .failure(error)
    }
    if drill.record.current.digest.isEmpty { try await digest(backup, drill, SharedProgress(of: backup, drill)) }
    try result.get()
}

extension BackupAtHand {
    fileprivate var bytes: Int64 {
        switch self {
        case .files(let here): here.bytes ?? here.tree.bytes
        case .snapshot(let snapshot): snapshot.description.bytes
        }
    }
}

extension DrillContext {
    /// Begins the phase, if it does not run already.
    func beginDigest() {
        if !record.current.phases.isRunning(.digest) { begin(.digest) }
    }

    func keep(digest: [String: String]) {
        record.update { $0.digest = digest }
        if let manifest = record.current.manifest { add(manifest.findings(digest)) }
    }
}
