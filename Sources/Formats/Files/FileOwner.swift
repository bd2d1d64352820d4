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

    /// Gives a file or directory, which must not be a link, to the account and sets its mode. Does nothing where both
    /// are right already.
    /// - Throws: `Errno`.
    package func take(_ path: FilePath, _ status: stat, mode: mode_t) throws {
        if status.st_uid != user || status.st_gid != group {
            guard lchown(path.string, user, group) == 0 else { throw Errno(rawValue: errno) }
        }
        if status.st_mode & 0o7777 != mode {
            guard chmod(path.string, mode) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Copies a file. Where the file system can share blocks, its bytes are only read and not written.
    /// - Parameters:
    ///   - target: must not exist.
    ///   - buffer: for one piece of the file. Each piece fills it, except the last piece.
    ///   - look: is called with the bytes of each piece.
    /// - Returns: whether the copy shares its blocks with the original.
    /// - Throws: `Errno`; what `look` throws.
    @discardableResult
    package func copy(
        _ source: FilePath, to target: FilePath, through buffer: UnsafeMutableRawBufferPointer,
        _ look: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec, .noFollow])
        defer { try? input.close() }
        let output = try NewFile(target, owner: self)
        let isShared = output.shareBlocks(of: input)
        try input.readAll(through: buffer) { bytes in
            if !isShared { try output.write(bytes) }
            try look(bytes)
        }
        try output.close()
        return isShared
    }

    /// Moves a file that belongs to us, within one file system, and gives it to the account.
    /// - Parameters:
    ///   - target: must not exist.
    ///   - look: is called with the bytes; the file is read only for this.
    /// - Throws: `Errno`; what `look` throws.
    package func move(
        _ source: FilePath, to target: FilePath, through buffer: UnsafeMutableRawBufferPointer,
        _ look: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard !Files.exists(target) else { throw Errno.fileExists }
        guard rename(source.string, target.string) == 0 else { throw Errno(rawValue: errno) }
        let file = try FileDescriptor.open(target, .readOnly, options: [.closeOnExec, .noFollow])
        try file.closeAfter {
            guard fchown(file.rawValue, user, group) == 0, fchmod(file.rawValue, 0o600) == 0 else {
                throw Errno(rawValue: errno)
            }
            try file.readAll(through: buffer, look)
        }
    }
}

extension FileDescriptor {
    /// Reads a file from its beginning to its end, as ``readAll(through:_:)`` does it.
    package static func readAll(
        of path: FilePath, through buffer: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let file = try open(path, .readOnly, options: [.closeOnExec, .noFollow])
        try file.closeAfter { try file.readAll(through: buffer, body) }
    }

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
