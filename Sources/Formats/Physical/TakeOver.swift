import Files
import Foundation
import Glibc
import SystemPackage

extension DataDirectory {
    /// Whether all of it lies in one directory, with no link to a log or a tablespace elsewhere.
    package var isInOnePlace: Bool {
        var status = stat()
        return tablespaces.isEmpty && lstat(path.appending("pg_wal").string, &status) == 0
            && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether every file really lies below a directory, wherever links lead.
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

    /// Makes a view of this directory into what would be laid out of it: takes away all that does not belong to it, and gives
    /// the rest to the account of the server.
    /// - Parameter view: shows this directory, and keeps to itself what is changed.
    /// - Throws: `Errno`, `CocoaError` where something cannot be changed; `CancellationError`.
    package func takeOver(_ view: FilePath, for owner: FileOwner) throws {
        try TakeOver(files: Set(files.map(\.path)), directories: Set(directories), owner: owner).enter(view, as: "")
    }
}

/// By what belongs to it, and not by what does not: what was not seen when the directory was read is not used either.
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
