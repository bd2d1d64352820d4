import Foundation
import Processes
import SystemPackage

/// Makes a scratch directory without a server, to unpack or fetch a backup into, and removes it, also after an error.
/// - Parameters:
///   - diskSpace: bytes that must be free.
///   - label: says in the lock file whose directory it is.
///   - account: the account that owns it; nil as for a scratch server.
///   - isolation: what the plan demands for programs that work in it.
/// - Throws: ``ScratchError`` when it cannot be made or removed; what `body` throws.
package func withWorkspace<Result: Sendable>(
    below parent: FilePath, account: String?, isolation: IsolationDemand = .required, diskSpace: Int64, label: String,
    cleanup: CleanupLog, _ body: @Sendable (Workspace) async throws -> Result
) async throws -> Result {
    let fence = try await Fence.ofDrill(account: account, isolation: isolation)
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

    /// The variable that marks programs that work in a scratch directory, so that they can be found after the drill has
    /// been killed.
    static let mark = "PGASSAY_SCRATCH_DIRECTORY"

    /// The same command, run in this directory and marked, so that `pgassay clean` finds it even if we are killed.
    package func around(_ command: Command) -> Command {
        var command = command
        command.directory = path
        command.environment[Self.mark] = path.string
        return command
    }

    /// The path for a data directory, which does not exist yet.
    package var data: FilePath { path.appending("data") }
    /// The path for the tablespaces of that data directory.
    package var tablespaces: FilePath { path.appending("tablespaces") }

    /// Makes a directory that only the account of the scratch server can enter.
    /// - Throws: ``ScratchError``.
    package func makeDirectory(_ path: FilePath) throws(ScratchError) { try fence.account.makeDirectory(path) }
}
