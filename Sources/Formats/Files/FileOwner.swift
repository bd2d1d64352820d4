import CLinux
import Glibc
import SystemPackage

/// The account that files are laid out for. It creates files and directories that belong to this account.
package struct FileOwner: Sendable {
    let user: uid_t
    let group: gid_t

    package init(user: uid_t, group: gid_t) {
        self.user = user
        self.group = group
    }

    /// Makes a directory that only the owner can enter.
    /// - Throws: `Errno`.
    package func makeDirectory(_ path: FilePath) throws(Errno) {
        guard mkdir(path.string, 0o700) == 0, lchown(path.string, user, group) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Makes a link.
    /// - Throws: `Errno`.
    package func link(_ path: FilePath, to target: FilePath) throws {
        guard symlink(target.string, path.string) == 0, lchown(path.string, user, group) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Gives a file or a directory in a directory to the account and sets its mode. Does nothing where both are right already.
    /// - Throws: `Errno`, also for anything else, such as a link.
    package func own(
        _ part: UnsafePointer<CChar>, in directory: borrowing OpenDirectory, mode: mode_t
    ) throws(Errno) {
        let place = openat(directory.descriptor, part, pgassay_path_only | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw .current }
        defer { close(place) }
        var status = stat()
        guard fstat(place, &status) == 0 else { throw .current }
        guard status.isRegular || status.isDirectory else { throw .tooManySymbolicLinkLevels }
        let real = "/proc/self/fd/\(place)"
        if status.st_uid != user || status.st_gid != group {
            guard chown(real, user, group) == 0 else { throw .current }
        }
        if status.st_mode & 0o7777 != mode {
            guard chmod(real, mode) == 0 else { throw .current }
        }
    }

    /// Moves a file that belongs to us, within one file system, and gives it to the account.
    /// - Parameter target: must not exist.
    /// - Throws: ``FileError``, `Errno`.
    package func move(_ source: TreeFile, to target: FilePath) throws {
        guard !Files.exists(target) else { throw Errno.fileExists }
        let file = try source.open()
        try file.closeAfter {
            guard rename(source.path.string, target.string) == 0 else { throw Errno.current }
            // What was moved must be what was opened.
            var (opened, moved) = (stat(), stat())
            guard fstat(file.rawValue, &opened) == 0, lstat(target.string, &moved) == 0 else { throw Errno.current }
            guard opened.st_ino == moved.st_ino, opened.st_dev == moved.st_dev else {
                throw FileError(path: source.path, problem: .changed)
            }
            guard fchown(file.rawValue, user, group) == 0, fchmod(file.rawValue, 0o600) == 0 else {
                throw Errno.current
            }
        }
    }
}

extension FileDescriptor {
    /// Reads from the current position to the end, in pieces as large as the buffer; only the last may be shorter.
    /// - Throws: `Errno`; what `body` throws.
    package func readAll(
        through buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        while true {
            var count = 0
            while count < buffer.count {
                let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                if read == 0 { break }
                count += read
            }
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
