import Files
import Foundation
import Glibc
import SystemPackage

extension DataDirectory {
    /// Whether the whole data directory is in one place, without a link to a log or a tablespace in another place.
    package var hasNoOutsideLinks: Bool {
        var status = stat()
        return tablespaces.isEmpty && lstat(path.appending("pg_wal").string, &status) == 0
            && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether every file is really below a directory, after links have been followed.
    package func lies(below root: FilePath) -> Bool {
        func real(_ path: FilePath) -> FilePath? {
            guard let real = realpath(path.string, nil) else { return nil }
            defer { free(real) }
            return FilePath(String(cString: real))
        }
        guard let root = real(root) else { return false }
        return ([path, path.appending("pg_wal")] + tablespaces.values).allSatisfy { place in
            real(place).map { $0.starts(with: root) } ?? false
        }
    }

    /// Makes a view of this directory the same as a copy of it would be: removes everything that does not belong to it,
    /// and gives the rest to the account of the server.
    /// - Parameter view: a directory that shows this one. A change in it does not change this one.
    /// - Throws: `Errno`, `CocoaError` where something cannot be changed; `CancellationError`.
    package func takeOver(_ view: FilePath, for owner: FileOwner) throws {
        try TakeOver(files: Set(files.map(\.path)), directories: Set(directories), owner: owner).enter(view, as: "")
    }
}

/// Works with a list of what belongs to the directory, and not of what does not: a file that was not seen when the
/// directory was read is removed too.
private struct TakeOver {
    let files: Set<String>
    let directories: Set<String>
    let owner: FileOwner

    func enter(_ directory: FilePath, as name: String) throws {
        try Task.checkCancellation()
        for child in try FileManager.default.contentsOfDirectory(atPath: directory.string) {
            let path = name.isEmpty ? child : "\(name)/\(child)"
            let place = directory.appending(child)
            var status = stat()
            guard lstat(place.string, &status) == 0 else { throw Errno(rawValue: errno) }
            switch status.st_mode & S_IFMT {
            case S_IFREG where files.contains(path): try owner.take(place, status, mode: 0o600)
            case S_IFDIR where directories.contains(path):
                try owner.take(place, status, mode: 0o700)
                try enter(place, as: path)
            default: try FileManager.default.removeItem(atPath: place.string)
            }
        }
    }
}
