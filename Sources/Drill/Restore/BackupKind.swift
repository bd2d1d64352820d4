import Findings
import Foundation
import Scratch
import SystemPackage

/// A kind of backup that can be drilled. Through this protocol, dumps, base backups and snapshots are used alike.
package protocol BackupKind: Sendable {
    var description: BackupDescription { get }

    /// Descriptions of how it will be inspected and restored, for a person who asks before it is done.
    func words(for setting: RestoreSetting) -> (inspect: String, restore: String)

    /// Flaws of the stored backup, found by reading it, without a server.
    /// - Parameter progress: called with the bytes read so far; may throw to stop.
    func flaws(progress: @escaping (Int64) throws -> Void) throws -> [Finding]

    /// Restores the backup into a running database, runs `body`, and takes everything down again when `body` has ended.
    /// `body` starts as soon as there is a database to restore into.
    ///
    /// If a backup cannot be restored in full, ``Restoring/restored`` still returns: the errors are in
    /// ``Restored/problems``.
    /// - Throws: ``Scratch/ScratchError`` and others if the machine could not do it; what `body` throws.
    func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result
}

/// A kind of backup that consists of files, and is restored on this machine.
///
/// Adding a kind is one file that conforms to this, one line in ``backupKinds`` and one row of the conformance test.
package protocol FileBackup: BackupKind {
    /// Recognises the backup at a path, by content and not by name.
    /// - Returns: nil if it is not a backup of this kind.
    /// - Throws: an error that says what is wrong with a backup of this kind.
    static func recognise(_ path: FilePath, clock: BackupClock) throws -> Self?

    /// Estimated bytes that the restored database will need.
    var estimatedDiskSpace: Int64 { get }

    /// The PostgreSQL installation that it would be restored with.
    /// - Throws: ``Scratch/ScratchError`` if no installation can restore it.
    func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice
}

/// All kinds of backups in files, in the order in which they are tried. The last one recognises everything that is
/// left, and says what is wrong with it.
package let backupKinds: [any FileBackup.Type] = [
    IncrementalBackup.self, PhysicalBackup.self, TarBackup.self, DumpBackup.self,
]

/// Opens a backup as the first kind that recognises it.
/// - Throws: the error of that kind, if the backup is broken.
package func openBackup(at path: FilePath, clock: BackupClock) throws -> any FileBackup {
    for kind in backupKinds {
        if let backup = try kind.recognise(path, clock: clock) { return backup }
    }
    preconditionFailure("the last kind recognises everything or throws")
}

/// How to read times in a backup that do not name their zone.
package struct BackupClock: Sendable {
    package var timeZone: TimeZone
    /// What to call the zone and the choice in the report.
    package var name: String

    package init(timeZone: TimeZone, name: String) {
        self.timeZone = timeZone
        self.name = name
    }
}

/// What a backup says about itself.
package struct BackupDescription: Sendable, Equatable {
    /// `dump`, `base backup`, `snapshot`.
    package var kind: String
    /// `custom`, `directory`, `tar`, `plain`; `data directory`, `tar files`, `incremental`; `RDS snapshot`,
    /// `Aurora cluster snapshot`.
    package var format: String
    /// `none`, `gzip`, `lz4`, `zstd`.
    package var compression: String
    package var bytes: Int64
    /// When it was taken, and how that is known.
    package var created: Date?
    package var createdBasis: String?
    package var serverVersion: String?
    package var dumpVersion: String?
    package var database: String?
}

/// The machine and the limits for a restore.
package struct RestoreSetting: Sendable {
    /// Where the database is created: on a server of our own, or on an existing one that the plan names.
    package var server: ScratchPlace
    /// Directories to look for PostgreSQL in, in addition to the usual ones.
    package var postgres: [FilePath]
    /// Tables and indexes restored at the same time.
    package var jobs: Int
    /// How a physical backup is recovered.
    package var recovery: RecoverySetting
    /// Time that each step of starting the server may take.
    package var startDeadline: Duration
    /// Time that the restore may take.
    package var deadline: Duration
    /// Bytes that the restored database needs; nil estimates them from the backup.
    package var diskSpace: Int64?
    /// Time that deleting what was created in a cloud may take.
    package var removalDeadline: Duration = .seconds(1800)
    package var label: String
    package var keep: Bool
    /// Set if the backup is our own copy: files that are really below this directory may then be moved out of it.
    package var workspace: FilePath?

    package init(
        server: ScratchPlace, postgres: [FilePath] = [], jobs: Int, startDeadline: Duration = .seconds(120),
        deadline: Duration, diskSpace: Int64? = nil, label: String, keep: Bool = false,
        recovery: RecoverySetting = RecoverySetting()
    ) {
        self.server = server
        self.postgres = postgres
        self.jobs = jobs
        self.startDeadline = startDeadline
        self.deadline = deadline
        self.diskSpace = diskSpace
        self.label = label
        self.keep = keep
        self.recovery = recovery
    }

    /// Runs `body` with a scratch directory, in which a data directory is created that is then drilled.
    /// - Parameters:
    ///   - path: of the backup.
    ///   - estimate: bytes that the backup is estimated to need.
    /// - Throws: ``UnsupportedBackup/needsOwnServer(_:)``, ``Scratch/ScratchError``; what `body` throws.
    func withWorkspace<Result: Sendable>(
        for path: FilePath, diskSpace estimate: Int64, cleanup: CleanupLog,
        _ body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        guard case .ownServer(let parent, let account) = server else { throw UnsupportedBackup.needsOwnServer(path) }
        return try await Scratch.withWorkspace(
            below: parent, account: account, diskSpace: diskSpace ?? estimate, label: label, cleanup: cleanup, body)
    }

    /// - Parameter diskSpace: bytes that the backup is estimated to need.
    func scratchRequest(parent: FilePath, account: String?, diskSpace estimate: Int64) -> ScratchRequest {
        var request = ScratchRequest(
            parent: parent, account: account, jobs: jobs, diskSpace: diskSpace ?? estimate, label: label, keep: keep)
        request.deadline = startDeadline
        return request
    }
}
