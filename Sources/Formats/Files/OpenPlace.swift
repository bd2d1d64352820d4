import CLinux
import Glibc
import SystemPackage

/// Opens places without opening what is there (O_PATH): a descriptor then says what it is, before anything is read.
enum OpenPlace {
    /// Opens a path that a person named. It may go through links, and each is followed once; but not a link that a third party made,
    /// who could lead us to what only we may read.
    /// - Throws: `Errno`; ``LinkOfAnother``.
    static func named(_ path: FilePath) throws -> FileDescriptor {
        var parts = Self.parts(of: path)
        var place = try root(path.isAbsolute ? "/" : ".")
        var linkOwners: [uid_t] = []
        do {
            while let part = parts.popLast() {
                let next = try next(part, in: place.rawValue)
                var status = stat()
                guard fstat(next.rawValue, &status) == 0 else { throw Errno.current }
                guard status.st_mode & S_IFMT == S_IFLNK else {
                    try? place.close()
                    place = next
                    continue
                }
                let target: FilePath = try next.closeAfter { try Self.target(of: next) }
                linkOwners.append(status.st_uid)
                // As many as the kernel follows.
                guard linkOwners.count <= 40 else { throw Errno.tooManySymbolicLinkLevels }
                parts += Self.parts(of: target)
                guard target.isAbsolute else { continue }
                let start = try root("/")
                try? place.close()
                place = start
            }
            var status = stat()
            guard fstat(place.rawValue, &status) == 0 else { throw Errno.current }
            if let owner = linkOwners.first(where: { ![0, geteuid(), status.st_uid].contains($0) }) {
                throw LinkOfAnother(owner: owner)
            }
            return place
        } catch {
            try? place.close()
            throw error
        }
    }

    /// Opens a name beneath a directory. No link is followed and nothing leads out, not even to somebody who exchanges directories
    /// meanwhile.
    /// - Throws: `Errno`.
    static func beneath(_ directory: CInt, _ name: FilePath) throws(Errno) -> FileDescriptor {
        let place = name.withPlatformString { pgassay_open_beneath(directory, $0) }
        if place >= 0 { return FileDescriptor(rawValue: place) }
        // Kernels before 5.6, and filters of system calls that do not know it.
        guard errno == ENOSYS || errno == EPERM else { throw .current }
        var above: FileDescriptor?
        defer { try? above?.close() }
        for part in name.components {
            let next = try next(part.string, in: above?.rawValue ?? directory)
            try? above?.close()
            above = next
        }
        defer { above = nil }
        guard let above else { throw .invalidArgument }
        return above
    }

    /// Where a link leads, by its descriptor.
    /// - Throws: `Errno`.
    static func target(of link: FileDescriptor) throws(Errno) -> FilePath {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(link.rawValue, "", &bytes, bytes.count - 1)
        guard count >= 0 else { throw .current }
        return bytes.withUnsafeBufferPointer { FilePath(platformString: $0.baseAddress!) }
    }

    /// From the last to the first.
    private static func parts(of path: FilePath) -> [String] {
        path.string.split(separator: "/").reversed().map(String.init)
    }

    private static func root(_ path: String) throws(Errno) -> FileDescriptor {
        let place = open(path, pgassay_path_only | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { throw .current }
        return FileDescriptor(rawValue: place)
    }

    private static func next(_ part: String, in directory: CInt) throws(Errno) -> FileDescriptor {
        let place = openat(directory, part, pgassay_path_only | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw .current }
        return FileDescriptor(rawValue: place)
    }
}

/// A path goes through a link that belongs neither to root, nor to us, nor to the owner of what it leads to.
struct LinkOfAnother: Error {
    let owner: uid_t
}
