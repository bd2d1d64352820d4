import Foundation
import Processes
import SystemPackage

/// Makes a scratch directory without a server, to unpack or fetch a backup into, and removes it, whatever happens inside.
/// - Parameters:
///   - diskSpace: bytes that must be free.
///   - label: says in the lock file whose directory it is.
///   - account: whose it is.
/// - Throws: ``ScratchError`` when it cannot be made or removed; what `body` throws.
package func withWorkspace<Result: Sendable>(
    below parent: FilePath, account: String?, diskSpace: Int64, label: String, cleanup: CleanupLog,
    _ body: @Sendable (Workspace) async throws -> Result
) async throws -> Result {
    let fence = try await Fence.raise(account: try Account.resolve(configured: account))
    let (directory, lock) = try await ScratchDirectory.create(below: parent, for: fence, label: label)
    let outcome: Swift.Result<Result, any Error>
    do {
        try directory.require(diskSpace, of: parent)
        outcome = .success(try await body(Workspace(path: directory.path, fence: fence)))
    } catch {
        outcome = .failure(error)
    }
    do {
        try directory.remove(recordingIn: cleanup)
    } catch {
        // The first error says what happened; a failed removal is in the cleanup log and must not hide it.
        if case .success = outcome { throw error }
    }
    withExtendedLifetime(lock) {}
    return try outcome.get()
}

/// A scratch directory that a backup is unpacked or fetched into.
package struct Workspace: Sendable {
    package let path: FilePath
    package let fence: Fence

    /// The variable by which programs that work in a scratch directory are known when the drill has been killed.
    static let mark = "PGASSAY_SCRATCH_DIRECTORY"

    /// The same command, working here: whatever becomes of us, `pgassay clean` finds it.
    package func around(_ command: Command) -> Command {
        var command = command
        command.directory = path
        command.environment[Self.mark] = path.string
        return command
    }

    /// Where a data directory goes, which is yet to be made.
    package var data: FilePath { path.appending("data") }
    /// And its tablespaces.
    package var tablespaces: FilePath { path.appending("tablespaces") }

    /// Makes a directory that only the account of the scratch server enters.
    /// - Throws: ``ScratchError``.
    package func makeDirectory(_ path: FilePath) throws(ScratchError) { try fence.account.makeDirectory(path) }
}
