import Glibc
import SystemPackage

/// An open directory. Files below it are reached part by part, and no link is ever followed. So no name leads out of
/// it, even if somebody else has written there.
///
/// A part of a name is a string, or bytes that end in 0: what is found on a disk need not be UTF-8.
package struct OpenDirectory: ~Copyable, Sendable {
    package let descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    // It may be locked.
    deinit { FileDescriptor(rawValue: descriptor).closeLocked() }

    /// - Parameter path: may contain links, because the user chose it.
    package init(_ path: FilePath) throws(Errno) {
        descriptor = try check(open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    /// Locks the directory against others who lock it too (flock(2)), until this value is gone.
    /// - Returns: false while somebody else holds the lock.
    package func lock() throws(Errno) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK || errno == EINTR else { throw Errno.current }
        return false
    }

    /// A directory in it.
    package func directory(_ part: UnsafePointer<CChar>) throws(Errno) -> OpenDirectory {
        OpenDirectory(
            descriptor: try check(openat(descriptor, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
    }

    /// Opens a directory in it. Creates it if it does not exist, and makes it as durable as what will be in it.
    package func makeDirectory(_ part: UnsafePointer<CChar>) throws(Errno) -> OpenDirectory {
        if mkdirat(descriptor, part, 0o777) == 0 {
            try sync()
        } else if errno != EEXIST {
            throw Errno.current
        }
        return try directory(part)
    }

    /// Goes down the parts of a name to the directory that holds its last one.
    /// - Parameters:
    ///   - make: whether directories that are not there are made.
    ///   - body: gets the directory and the last part.
    package func at<Result: ~Copyable>(
        _ name: String, make: Bool = false, _ body: (borrowing OpenDirectory, String) throws -> Result
    ) throws -> Result {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return try body(self, name) }
        return try (make ? makeDirectory(parts[0]) : directory(parts[0])).at(parts[1], make: make, body)
    }

    /// Opens a regular file. Refuses everything else: a link, a pipe, a device.
    /// - Throws: ``NotARegularFile``, `Errno`.
    package func file(_ part: UnsafePointer<CChar>) throws -> OpenFile {
        // Non-blocking, so that a pipe with no writer is refused rather than waited for.
        let file = OpenFile(
            descriptor: try check(openat(descriptor, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)))
        guard try file.status().isRegular else { throw NotARegularFile() }
        return file
    }

    /// Creates a file that must not exist yet. The bytes are on the disk afterwards, not only in its cache.
    package func create(_ part: UnsafePointer<CChar>, _ bytes: [UInt8]) throws(Errno) {
        let file = OpenFile(
            descriptor: try check(openat(descriptor, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)))
        try file.write(bytes)
        try check(fsync(file.descriptor))
    }

    /// What the directory itself is.
    package func status() throws(Errno) -> stat {
        var status = stat()
        try check(fstat(descriptor, &status))
        return status
    }

    /// Removes a directory and the files in it.
    package func remove(_ part: UnsafePointer<CChar>) throws(Errno) {
        let directory = try directory(part)
        for entry in try directory.entries() { try check(unlinkat(directory.descriptor, entry, 0)) }
        try check(unlinkat(descriptor, part, AT_REMOVEDIR))
        try sync()
    }

    package func status(_ part: UnsafePointer<CChar>) throws(Errno) -> stat {
        var status = stat()
        try check(fstatat(descriptor, part, &status, AT_SYMLINK_NOFOLLOW))
        return status
    }

    /// The names in it, unsorted. Names need not be UTF-8, so they are bytes.
    package func entries() throws(Errno) -> [[CChar]] {
        let stream = fdopendir(try check(openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)))
        guard let stream else { throw Errno.current }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Errno.current }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.bindMemory(to: CChar.self).prefix { $0 != 0 }) + [0]
            }
            if name != [46, 0], name != [46, 46, 0] { names.append(name) }
        }
    }

    /// Makes the names in it as durable as the files behind them, if the file system supports that.
    package func sync() throws(Errno) {
        // fsync(2): EINVAL means that this kind of file system cannot, not that anything was lost.
        if fsync(descriptor) != 0, errno != EINVAL { throw Errno.current }
    }
}

/// There is a directory, a device, a pipe or a socket where a file should be.
package struct NotARegularFile: Error {
    package init() {}
}

/// An open file.
package struct OpenFile: ~Copyable {
    package let descriptor: CInt

    deinit { close(descriptor) }

    package func status() throws(Errno) -> stat {
        var status = stat()
        try check(fstat(descriptor, &status))
        return status
    }

    /// - Returns: how many bytes were read; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, Int(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw Errno.current }
        }
    }

    package func write(_ bytes: [UInt8]) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if count < 0, errno != EINTR { throw Errno.current }
            done += max(0, count)
        }
    }

    /// Drops the file from the system's cache, so that reading it goes to the disk.
    package func forget() throws(Errno) {
        // Pages that are not on the disk yet would not be dropped.
        try check(fsync(descriptor))
        let result = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        guard result == 0 else { throw Errno(rawValue: result) }
    }
}

extension stat {
    package var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    package var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
}

extension Errno {
    /// The error of the last C call that failed.
    package static var current: Errno { Errno(rawValue: errno) }
}

@discardableResult
private func check(_ result: CInt) throws(Errno) -> CInt {
    if result < 0 { throw Errno.current }
    return result
}
