import CLinux
import Glibc
import SystemPackage

extension Files {
    /// Removes a file, or a directory with everything in it, as ``OpenDirectory/removeTree(_:)`` does it. What is not there is no
    /// error.
    /// - Parameter path: the directory above it is trusted: nobody else may exchange it.
    /// - Throws: `Errno`.
    package static func removeTree(_ path: FilePath) throws(Errno) {
        guard let name = path.lastComponent?.string else { throw .invalidArgument }
        let above = path.removingLastComponent()
        try OpenDirectory(above.isEmpty ? "." : above).removeTree(name)
    }
}

extension OpenDirectory {
    /// Removes an entry, with everything in it where it is a directory.
    ///
    /// Every directory is opened by its name in the one above, no link is followed, and no other file system is entered; so
    /// whatever somebody exchanges meanwhile, nothing outside is reached. As root, the entries of each directory are removed as
    /// its owner. It may be deeper than any path can be long.
    ///
    /// A server that is just ending may remove and make files at the same time, so this tries five times.
    /// - Parameter beforeOpening: is called with the name of each directory that was found, before it is opened.
    /// - Throws: `Errno`.
    package func removeTree(
        _ part: UnsafePointer<CChar>, beforeOpening: (UnsafePointer<CChar>) -> Void = { _ in }
    ) throws(Errno) {
        for attempt in 1... {
            do throws(Errno) {
                return try removeOnce(part, beforeOpening)
            } catch {
                if attempt == 5 { throw error }
                usleep(50_000)
            }
        }
    }

    private func removeOnce(
        _ part: UnsafePointer<CChar>, _ beforeOpening: (UnsafePointer<CChar>) -> Void
    ) throws(Errno) {
        guard let found = try found(part) else { return }
        guard found.isDirectory else { return try unlink(part) }
        try entering(part, on: found.st_dev, beforeOpening) { directory throws(Errno) in
            // Directories that lie too deep are moved up, and removed in the next round.
            var moved = 0
            var before = -1
            while moved != before {
                before = moved
                try directory.empty(below: directory.descriptor, device: found.st_dev, depth: 0, &moved, beforeOpening)
            }
        }
        try unlink(part, AT_REMOVEDIR)
    }

    /// How many directories are open at the same time.
    private static var deepest: Int { 32 }

    /// - Parameters:
    ///   - top: takes directories that lie too deep.
    ///   - moved: how many it has taken.
    private func empty(
        below top: CInt, device: dev_t, depth: Int, _ moved: inout Int,
        _ beforeOpening: (UnsafePointer<CChar>) -> Void
    ) throws(Errno) {
        for entry in try entries() {
            guard let found = try found(entry) else { continue }
            guard found.isDirectory else {
                try unlink(entry)
                continue
            }
            if depth == Self.deepest {
                moved += 1
                try lift(entry, to: top, as: "deep-\(moved)-\(UInt64.random(in: 0 ... .max))")
                continue
            }
            try entering(entry, on: device, beforeOpening) { directory throws(Errno) in
                try directory.empty(below: top, device: device, depth: depth + 1, &moved, beforeOpening)
            }
            try unlink(entry, AT_REMOVEDIR)
        }
    }

    private func found(_ part: UnsafePointer<CChar>) throws(Errno) -> stat? {
        do throws(Errno) {
            return try status(part)
        } catch .noSuchFileOrDirectory {
            return nil
        }
    }

    private func unlink(_ part: UnsafePointer<CChar>, _ flags: CInt = 0) throws(Errno) {
        guard unlinkat(descriptor, part, flags) == 0 || errno == ENOENT else { throw .current }
    }

    /// Moves a directory up. It takes our own rights: nothing but names changes.
    private func lift(_ part: UnsafePointer<CChar>, to top: CInt, as name: String) throws(Errno) {
        let actor = FileActor(geteuid(), getegid())
        defer { actor.end() }
        guard renameat(descriptor, part, top, name) == 0 || errno == ENOENT else { throw .current }
    }

    /// Opens a directory so that what is in it can be removed, and acts as its owner meanwhile.
    private func entering(
        _ part: UnsafePointer<CChar>, on device: dev_t, _ beforeOpening: (UnsafePointer<CChar>) -> Void,
        _ body: (borrowing OpenDirectory) throws(Errno) -> Void
    ) throws(Errno) {
        beforeOpening(part)
        // It opens nothing, so it needs no rights.
        let place = openat(descriptor, part, pgassay_path_only | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw .current }
        defer { close(place) }
        var status = stat()
        guard fstat(place, &status) == 0 else { throw .current }
        // Something is mounted there.
        guard status.st_dev == device else { throw .resourceBusy }
        let actor = FileActor(status.st_uid, status.st_gid)
        defer { actor.end() }
        let real = "/proc/self/fd/\(place)"
        if status.st_mode & 0o700 != 0o700, chmod(real, 0o700) != 0 { throw .current }
        try body(OpenDirectory(FilePath(real)))
    }
}

/// Another account, as which this thread of a root process uses files for a while (setfsuid(2)). Of any other process, nothing
/// changes.
private struct FileActor {
    /// Nil where nothing was changed: a filter of system calls may forbid even to ask.
    private let before: (user: UInt32, group: UInt32)?

    init(_ user: uid_t, _ group: gid_t) {
        guard geteuid() == 0 else {
            before = nil
            return
        }
        before = (pgassay_file_user(.max), pgassay_file_group(.max))
        Self.become(user, group)
    }

    func end() {
        if let before { Self.become(before.user, before.group) }
    }

    private static func become(_ user: uid_t, _ group: gid_t) {
        // The group first: it takes root's rights.
        _ = pgassay_file_user(0)
        _ = pgassay_file_group(group)
        _ = pgassay_file_user(user)
    }
}
