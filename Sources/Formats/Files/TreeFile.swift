import CLinux
import Glibc
import SystemPackage

/// A regular file of a tree, or the tree itself where that is a file.
package struct TreeFile: Sendable {
    package let tree: OpenTree
    /// Below the root; empty for the root.
    package let name: FilePath
    /// When the tree was opened.
    package let state: FileState

    /// For messages.
    package var path: FilePath { tree.path.pushing(name) }

    /// Opens it for reading from its beginning.
    /// - Throws: ``FileError``, also when it has changed since the tree was opened.
    package func open() throws(FileError) -> FileDescriptor {
        let place = try tree.place(of: name, state)
        defer { close(place.rawValue) }
        do {
            return try place.reopened()
        } catch {
            throw FileError(path: path, problem: .system("open", error as? Errno ?? .ioError))
        }
    }

    /// True if a process has it open for writing: whoever makes it has not come to the end. False also where that cannot be found
    /// out: for a file of another account, and on some file systems of a network.
    /// - Throws: ``FileError``.
    package func isBeingWritten() throws(FileError) -> Bool {
        let file = try open()
        defer { close(file.rawValue) }
        return pgassay_is_being_written(file.rawValue) == 1
    }

    /// Reads all of it.
    /// - Parameter limit: the most bytes to take; a larger file is an error.
    /// - Throws: ``FileError``.
    package func read(limit: Int) throws(FileError) -> [UInt8] {
        guard state.size <= limit else { throw FileError(path: path, problem: .tooLarge(limit: limit)) }
        // One byte more: it may have grown since.
        let bytes = try head(Int(state.size) + 1)
        guard bytes.count == state.size else { throw FileError(path: path, problem: .changed) }
        return bytes
    }

    /// Reads its first bytes, as many as there are up to a number.
    /// - Throws: ``FileError``.
    package func head(_ number: Int) throws(FileError) -> [UInt8] {
        let file = try open()
        defer { close(file.rawValue) }
        do {
            return try [UInt8](unsafeUninitializedCapacity: number) { buffer, count in
                while count < buffer.count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let read = try file.read(into: rest)
                    if read == 0 { return }
                    count += read
                }
            }
        } catch {
            throw FileError(path: path, problem: .system("read", error as? Errno ?? .ioError))
        }
    }

    /// Reads it as ``SystemPackage/FileDescriptor/readAll(through:_:)`` does it.
    /// - Throws: ``FileError``, `Errno`; what `body` throws.
    package func readAll(
        through buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let file = try open()
        try file.closeAfter { try file.readAll(through: buffer, body) }
    }
}
