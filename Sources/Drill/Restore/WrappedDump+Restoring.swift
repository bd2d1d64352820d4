import Archive
import Backup
import Compression
import Findings
import Foundation
import Scratch
import SystemPackage

/// How a wrapped dump is restored: unpacked, then as the dump that it is.
extension WrappedDump: RestorableFiles {
    /// For what is unpacked, and for what is restored from that.
    package var estimatedDiskSpace: Int64 {
        let unpacked = wrapper.estimatedSize
        return unpacked + DumpBackup.diskSpace(forDumpOf: unpacked, isCompressed: wrapper.header.compression != .none)
    }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try InstallationChoice(
            serverVersion: description.serverVersion.flatMap { ServerVersion(parsing: $0) },
            dumpVersion: description.dumpVersion.flatMap { ServerVersion(parsing: $0) },
            among: try await Installation.findAll(configured: setting.postgres), configured: setting.postgres)
    }

    package func restoration(in setting: RestoreSetting) -> String {
        "unpack it, look for what is cut off, and restore with \(counted(setting.jobs, "job"))"
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        _ = try await chooseInstallation(in: setting)
        return try await setting.withUnpackingPlace(
            diskSpace: wrapper.estimatedSize, cleanup: cleanup
        ) { workspace in
            emit(.phase(.unpack))
            let dump = try unpack(in: workspace, limit: setting.diskSpace, emit: emit)
            return try await dump.withRestored(in: setting, cleanup: cleanup, emit: emit, body)
        }
    }

    /// - Parameter limit: the most bytes that are written; nil takes nine tenths of what is free.
    /// - Throws: ``Backup/FlawedBackup`` if the dump has a flaw that shows without a server; ``Archive/ArchiveError``, `Errno`.
    func unpack(in workspace: Workspace, limit: Int64?, emit: RestoreEventSink) throws -> DumpBackup {
        let directory = workspace.path.appending("unpacked")
        try workspace.makeDirectory(directory)
        let path = try self.unpack(
            into: directory, owner: workspace.fence.account.owner,
            limit: try limit ?? freeDiskSpace(at: workspace.path) / 10 * 9
        ) { done in
            try Task.checkCancellation()
            emit(.progress(done: done, total: wrapper.bytes, unit: .bytes))
        }
        return try DumpBackup(unpackedAt: path, clock: clock)
    }
}
