import Backup
import Findings
import Foundation
import Scratch
import SystemPackage

/// A backup that can be restored and drilled. The seam behind which dumps, base backups and snapshots look alike.
package protocol RestorableBackup: BackupKind {
    /// What restoring it means, in words for a dry run.
    func restoration(in setting: RestoreSetting) -> String

    /// Turns the backup into a running database and takes everything down again when `body` has ended, which runs from
    /// the moment that there is a database to restore into.
    ///
    /// A backup that cannot be restored in full still comes to ``Restoring/restored``: what went wrong is in
    /// ``Restored/problems``.
    /// - Throws: ``Scratch/ScratchError`` and others when the machine could not do it; what `body` throws.
    func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result
}

/// A backup in files, which is restored on this machine.
package protocol RestorableFiles: RestorableBackup, FileBackup {
    /// Bytes that the restored database will need, estimated.
    var estimatedDiskSpace: Int64 { get }

    /// The PostgreSQL that it would be restored with.
    /// - Throws: ``Scratch/ScratchError`` when none is installed that can.
    func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice
}

/// The backup, as something to restore: every kind of ``Backup/backupKinds`` is.
package func restorable(_ backup: any FileBackup) -> any RestorableFiles {
    guard let backup = backup as? any RestorableFiles else {
        preconditionFailure("\(type(of: backup)) has no file in Restore that restores it")
    }
    return backup
}
