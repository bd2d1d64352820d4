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
        }
    }
}
