import Glibc
import SystemPackage

/// Operations on whole files: no file is ever there in part.
package enum Files {
    /// Reads a regular file into memory.
    ///
    /// - Parameters:
    ///   - limit: the most bytes to take; a larger file is an error, not a prefix.
    ///   - inspect: looks at the opened file's status before anything is read, and may refuse it.
    package static func read(
        _ path: FilePath, limit: Int, inspect: (Stat) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        // Non-blocking, so that a pipe with no writer is refused rather than waited for.
        let descriptor = try doing("open", path) {
            try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        }
        return try descriptor.closeAfter {
            let status = try doing("look at", path) { try descriptor.stat() }
            guard status.type == .regular else { throw FileError(path: path, problem: .notAFile) }
            try inspect(status)
            return try contents(of: descriptor, path, limit: limit)
        }
    }

    private static func contents(of descriptor: FileDescriptor, _ path: FilePath, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = try doing("read", path) { try descriptor.read(into: chunk) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw FileError(path: path, problem: .tooLarge(limit: limit))
            }
            bytes += chunk[..<count]
        }
    }

    /// Writes a file that must not exist yet, to the disk and not just to its cache; removes it again when that fails.
    ///
    /// - Parameter mode: the permissions; the process's umask applies unless `exactMode`.
    package static func create(
        _ path: FilePath, _ bytes: [UInt8], mode: FilePermissions, exactMode: Bool = false
    ) throws(FileError) {
        let file = try doing("create", path) { try NewFile(path, mode: mode) }
        do {
            if exactMode { try doing("set the mode of", path) { try file.setMode(mode) } }
            try doing("write", path) {
                try file.write(bytes)
                try file.sync()
            }
        } catch {
            remove(path)
            throw error
        }
        do {
            try file.close()
        } catch {
            remove(path)
            throw FileError(path: path, problem: .system("close", error))
        }
    }

    /// Removes a file of ours. It reports no error: it is for cleaning up, and an error that came before is more important.
    package static func remove(_ path: FilePath) {
        unlink(path.string)
    }

    /// Writes a file under a hidden name beside its own, then renames it: the file appears whole, or not at all. If only the last
    /// step fails, which makes the name durable, the new file is there and the old one is not.
    package static func replace(_ path: FilePath, with bytes: [UInt8], mode: FilePermissions) throws(FileError) {
        let directory = path.removingLastComponent()
        let temporary = directory.appending(".\(path.lastComponent?.string ?? "")-\(getpid()).partial")
        try create(temporary, bytes, mode: mode)
        do {
            try check("put in place", path, rename(temporary.string, path.string))
        } catch {
            remove(temporary)
            throw error
        }
        try sync(directory: directory)
    }

    /// Makes the names in a directory as durable as the files behind them, where the file system lets one ask for it.
    package static func sync(directory: FilePath) throws(FileError) {
        let directory = directory.isEmpty ? "." : directory
        let descriptor = try doing("open", directory) {
            try FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec])
        }
        defer { try? descriptor.close() }
        let result = fsync(descriptor.rawValue)
        // fsync(2): EINVAL means that this kind of file system cannot, not that anything was lost.
        if result != 0, Errno.current == .invalidArgument { return }
        try check("write", directory, result)
    }

    /// Creates a directory and those above it; one that is there already is left as it is.
    package static func createDirectory(_ path: FilePath, mode: mode_t) throws(FileError) {
        if path.isEmpty || mkdir(path.string, mode) == 0 { return }
        var failure = Errno.current
        let parent = path.removingLastComponent()
        if failure == .noSuchFileOrDirectory, !parent.isEmpty, parent != path {
            try createDirectory(parent, mode: mode)
            if mkdir(path.string, mode) == 0 { return }
            failure = .current
        }
        // Whatever mkdir said (it may say "read-only file system" first), a directory that is there is good.
        if (try? Stat(path))?.type == .directory { return }
        throw FileError(
            path: path, problem: .system("create the directory", failure == .fileExists ? .notDirectory : failure))
    }

    package static func exists(_ path: FilePath) -> Bool {
        (try? Stat(path, followTargetSymlink: false)) != nil
    }

    private static func check(_ action: String, _ path: FilePath, _ result: CInt) throws(FileError) {
        if result != 0 { throw FileError(path: path, problem: .system(action, .current)) }
    }

    private static func doing<Result: ~Copyable>(
        _ action: String, _ path: FilePath, _ body: () throws -> Result
    ) throws(FileError) -> Result {
        do {
            return try body()
        } catch {
            throw FileError(path: path, problem: .system(action, error as? Errno ?? .ioError))
        }
    }
}
