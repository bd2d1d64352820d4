import Backup
import Findings
import Foundation
import Scratch
import SystemPackage

/// A backup that can be restored and drilled. The seam behind which dumps, base backups and snapshots look alike.
package protocol RestorableBackup: BackupKind {
    /// What of a plan this kind can do. What it cannot do is refused before anything is restored.
    static var abilities: Set<RestoreAbility> { get }

    /// What restoring it means, in words for a dry run.
    func restoration(in setting: RestoreSetting) -> String

    /// Restores the backup into a running server, runs `body` for each database that is to be checked, one after the other, and takes
    /// everything down again when the last has ended. `body` starts as soon as there is a database to restore into.
    ///
    /// If a backup cannot be restored in full, ``Restoring/restored`` still returns: the errors are in
    /// ``Restored/problems``.
    ///
    /// Where several databases are checked, ``RestoreEvent/databases(_:)`` names them before the first, and what belongs to none of
    /// them comes as ``RestoreEvent/told(_:_:)``. `body` then throws only what must end the whole drill.
    /// - Returns: what `body` returned, in the order of the databases. Fewer, where the server is gone before the last.
    /// - Throws: ``Scratch/ScratchError`` and others if the machine could not do it; what `body` throws.
    func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result]
}

/// A backup in files, which is restored on this machine.
package protocol RestorableFiles: RestorableBackup, FileBackup {
    /// Estimated bytes that the restored database will need.
    var estimatedDiskSpace: Int64 { get }

    /// The PostgreSQL installation that it would be restored with.
    /// - Throws: ``Scratch/ScratchError`` if no installation can restore it.
    func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice

    /// Whether what an inspection found wrong is of one of several databases, in spite of which the others can be checked. The restore
    /// then tells it with that database.
    func isOfOneDatabase(_ finding: Finding) -> Bool
}

extension RestorableFiles {
    package func isOfOneDatabase(_ finding: Finding) -> Bool { false }
}

/// The backup, as something to restore: every kind of ``Backup/backupKinds`` is.
package func restorable(_ backup: any FileBackup) -> any RestorableFiles {
    guard let backup = backup as? any RestorableFiles else {
        preconditionFailure("\(type(of: backup)) has no file in Restore that restores it")
    }
    return backup
}
