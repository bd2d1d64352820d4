import Archive
import Findings
import Foundation
import Physical
import Scratch
import SystemPackage

/// A base backup in tar files, compressed or not. It is unpacked, and the result is drilled like a data directory.
package struct TarBackup: FileBackup {
    let tar: TarredBackup
    let clock: BackupClock

    package static func recognise(_ path: FilePath, clock: BackupClock) throws -> TarBackup? {
        do {
            guard let tar = try TarredBackup(at: path) else { return nil }
            if tar.label.incrementalFrom != nil { throw UnsupportedBackup.incrementalInTar(path) }
            return TarBackup(tar: tar, clock: clock)
        } catch {
            throw flawed(error)
        }
    }

    package var description: BackupDescription {
        let created = PhysicalBackup.creation(tar.label)
        return BackupDescription(
            kind: "base backup", format: "tar files", compression: tar.compression.rawValue, bytes: tar.bytes,
            created: created?.0, createdBasis: created?.1, serverVersion: String(tar.majorVersion), dumpVersion: nil,
            database: nil)
    }

    /// Measured on the AVA OLO sample at scale 0.2: a base backup is 5.6 times as large as with gzip, 3.9 times as with
    /// lz4, 6.6 times as with zstd. The factor 8 leaves a reserve.
    package var estimatedDiskSpace: Int64 {
        PhysicalBackup.diskSpace(forCopyOf: tar.compression == .none ? tar.bytes : 8 * tar.bytes)
    }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try InstallationChoice(
            ofMajor: tar.majorVersion, among: try await Installation.findAll(configured: setting.postgres))
    }

    package func words(for setting: RestoreSetting) -> (inspect: String, restore: String) {
        (
            "read how its tar files begin",
            "unpack them, verify each file against the manifest, and recover to \(setting.recovery.target)"
        )
    }

    /// All flaws that can be seen are found when the files are unpacked.
    package func flaws(progress: @escaping (Int64) throws -> Void) -> [Finding] { [] }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result {
        _ = try await chooseInstallation(in: setting)
        return try await setting.withWorkspace(
            for: tar.path, diskSpace: estimatedDiskSpace, cleanup: cleanup
        ) { workspace in
            emit(.phase("unpack"))
            try tar.unpack(in: workspace, emit: emit)
            let backup = try PhysicalBackup(madeAt: workspace.data, clock: clock)
            return try await backup.withRestored(in: setting.taking(workspace), cleanup: cleanup, emit: emit, body)
        }
    }
}

extension TarredBackup {
    /// Unpacks it as the data directory of a workspace.
    /// - Throws: as ``Physical/UnpackTar/perform(progress:)``, flaws of the backup as ``FlawedBackup``.
    func unpack(in workspace: Workspace, emit: RestoreEventSink) throws {
        let account = workspace.fence.account
        var unpacking = UnpackTar(
            self, to: workspace.data, tablespaces: workspace.tablespaces,
            owner: FileOwner(user: account.userID, group: account.groupID))
        do {
            try unpacking.perform { done in
                try Task.checkCancellation()
                emit(.progress(done: done, total: bytes, unit: .bytes))
            }
        } catch {
            throw flawed(error)
        }
    }
}

extension PhysicalBackup {
    /// A data directory that we made in a scratch directory.
    /// - Throws: ``FlawedBackup`` if it has a flaw that shows without a server.
    init(madeAt path: FilePath, clock: BackupClock) throws {
        guard var backup = try PhysicalBackup.recognise(path, clock: clock) else {
            throw FlawedBackup(findings: [
                Finding(FileFlaw(path: ".", problem: "it has no PG_VERSION or no global/pg_control: it is not whole"))
            ])
        }
        let findings = try backup.flaws { _ in }
        guard !findings.contains(where: { $0.status == .failed }) else { throw FlawedBackup(findings: findings) }
        backup.told = findings
        self = backup
    }
}

extension RestoreSetting {
    /// The setting for a backup that we made ourselves.
    func taking(_ workspace: Workspace) -> RestoreSetting {
        var setting = self
        setting.workspace = workspace.path
        return setting
    }
}
