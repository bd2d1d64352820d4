import Findings
import SystemPackage

/// A file that could not be read or written, and why.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What can be wrong with a file.
    package enum Problem: Sendable, Equatable {
        /// The system refused: what was tried, and its reason.
        case system(String, Errno)
        /// A directory, a device, a pipe or a socket.
        case notAFile
        /// Larger than anything of its kind; the limit is in bytes.
        case tooLarge(limit: Int)
        /// Another file is in its place than when it was first looked at, or somebody wrote to it.
        case changed
        /// A link to a place that nobody allowed to follow it to.
        case notFollowed(target: FilePath)
        /// A path goes through a link of this account, which is neither ours nor that of the owner of the file.
        case linkOfAnother(account: UInt32)
    }

    /// The file, or the directory that could not be made or synced.
    package var path: FilePath
    /// What was tried and why it failed.
    package var problem: Problem

    package init(path: FilePath, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .system(let action, let reason): "cannot \(action) \(path): \(reason)"
        case .notAFile: "\(path) is not a regular file"
        case .tooLarge(let limit): "\(path) is larger than \(HumanUnits.bytes(Int64(limit)))"
        case .changed: "\(path) changed while it was read; try it again when that has ended"
        case .notFollowed(let target): "\(path) is a link to \(target), and nobody allowed to follow it"
        case .linkOfAnother(let account):
            """
            \(path) is reached through a link that belongs to the account \(account), and neither to root nor to the owner of what it \
            leads to; name the place itself
            """
        }
    }

    /// Runs `body`, whose errors are about this path. The path is put together only for an error.
    static func attempt<Result: ~Copyable>(
        _ action: String, _ path: @autoclosure () -> FilePath, _ body: () throws(Errno) -> Result
    ) throws(FileError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw FileError(path: path(), problem: .system(action, error))
        }
    }
}
