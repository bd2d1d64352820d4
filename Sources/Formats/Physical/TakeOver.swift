import Files
import Foundation
import Glibc
import SystemPackage

extension DataDirectory {
    /// Whether the whole data directory is in one place, without a link to a log or a tablespace in another place.
    package var hasNoOutsideLinks: Bool { trees.count == 1 && tree.state(of: "pg_wal")?.kind == .directory }

    /// Whether every file is really below a directory.
    /// - Throws: ``Files/FileError``.
    package func lies(below root: FilePath) throws(FileError) -> Bool {
        let root = try OpenTree(at: root, entersDirectories: false).realPath()
        for tree in trees where !(try tree.realPath().starts(with: root)) { return false }
        return true
    }

    /// Makes a view of this directory the same as a copy of it would be: removes everything that does not belong to it,
    /// and gives the rest to the account of the server.
    /// - Parameter view: a directory that shows this one. A change in it does not change this one. Whoever may write to this one
    ///   may exchange what is in the view; so no link is followed there.
    /// - Throws: `Errno` where something cannot be changed; `CancellationError`.
    package func takeOver(_ view: FilePath, for owner: FileOwner) throws {
        try TakeOver(files: Set(files.map(\.path)), directories: Set(directories), owner: owner)
            .enter(OpenDirectory(view), as: "")
    }
}

/// Works with a list of what belongs to the directory, and not of what does not: a file that was not seen when the
/// directory was read is removed too.
private struct TakeOver {
    let files: Set<String>
    let directories: Set<String>
    let owner: FileOwner

    func enter(_ directory: borrowing OpenDirectory, as name: String) throws {
        try Task.checkCancellation()
        for entry in try directory.entries() {
            let child = entry.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let path = name.isEmpty ? child : "\(name)/\(child)"
            let status = try directory.status(entry)
            if status.isRegular, files.contains(path) {
                try owner.own(entry, in: directory, mode: 0o600)
            } else if status.isDirectory, directories.contains(path) {
                try owner.own(entry, in: directory, mode: 0o700)
                try enter(directory.directory(entry), as: path)
            } else {
                try directory.removeTree(entry)
            }
        }
    }
}
