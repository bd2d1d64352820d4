import Backup
import Digests
import Foundation
import Scratch
import SystemPackage

/// The machine and the limits for a restore.
package struct RestoreSetting: Sendable {
    /// Where the database is created: on a server of our own, or on an existing one that the plan names.
    package var server: ScratchPlace
    /// What walls a server of our own must have.
    package var isolation = IsolationDemand.required
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
    /// True if a dump with a statement that pg_dump never writes is not restored.
    package var refusesForeignStatements = false
    package var label: String
    package var keep: Bool
    /// Where a dump is unpacked: a directory is made below it. The account is the one that gets what is unpacked.
    package var unpacking: (parent: FilePath, account: String?) = (ScratchDirectory.defaultParent, nil)
    /// Set if the backup is our own copy: files that are really below this directory may then be moved out of it.
    package var workspace: FilePath?
    /// Set if nobody has taken the digest of the backup yet: the restore takes it, while it reads the files.
    package var digests: FileDigests?

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
            below: parent, account: account, isolation: isolation, diskSpace: diskSpace ?? estimate, label: label,
            cleanup: cleanup, body)
    }

    /// Runs `body` with a scratch directory for what is unpacked, also where the database is made on an existing server.
    /// - Parameter estimate: bytes that it is estimated to take.
    /// - Throws: ``Scratch/ScratchError``; what `body` throws.
    func withUnpackingPlace<Result: Sendable>(
        diskSpace estimate: Int64, cleanup: CleanupLog, _ body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        try await Scratch.withWorkspace(
            below: unpacking.parent, account: unpacking.account, isolation: isolation, diskSpace: diskSpace ?? estimate,
            label: label, cleanup: cleanup, body)
    }

    /// - Parameters:
    ///   - estimate: bytes of disk that the restore is estimated to need.
    ///   - dataSize: bytes that the restored data is estimated to have.
    ///   - objects: in the backup; nil if nobody has counted them.
    func scratchRequest(
        parent: FilePath, account: String?, diskSpace estimate: Int64, dataSize: Int64, objects: Int? = nil
    ) -> ScratchRequest {
        var request = ScratchRequest(
            parent: parent, account: account, jobs: jobs, diskSpace: diskSpace ?? estimate, label: label, keep: keep)
        request.dataSize = dataSize
        request.objects = objects
        request.deadline = startDeadline
        request.isolation = isolation
        return request
    }
}
