import Archive
import Foundation
import Glibc
import SystemPackage

/// Enough of a backup's files to notice that somebody wrote to them, without reading them.
package struct BackupState: Sendable, Equatable {
    private struct File: Sendable, Equatable {
        let name: String
        let inode: UInt
        let size: Int
        let modified: [Int]
        let changed: [Int]
    }

    private let files: [File]

    /// The size of all files, in bytes.
    package var bytes: Int64 { files.reduce(0) { $0 + Int64($1.size) } }

    /// - Throws: `Errno` when something cannot be looked at; ``Archive/ArchiveError/notADump(_:looksLike:)`` for a pipe or
    ///   device, which to read could take for ever.
    package init(of path: FilePath) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isDirectory) else {
            throw Errno.noSuchFileOrDirectory
        }
        let names =
            isDirectory.boolValue ? try FileManager.default.subpathsOfDirectory(atPath: path.string).sorted() : [""]
        files = try names.compactMap { name in
            var status = stat()
            guard stat(name.isEmpty ? path.string : path.appending(name).string, &status) == 0 else {
                throw Errno(rawValue: errno)
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                if name.isEmpty { throw ArchiveError.notADump(path, looksLike: "a pipe, socket or device") }
                return nil
            }
            return File(
                name: name, inode: UInt(status.st_ino), size: status.st_size,
                modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
                changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec])
        }
    }
}
