import Files
import SystemPackage

/// A regular file, or what is within the compression of one, open for reading at any place. It is closed when the last reference to it
/// is gone.
final class InputFile: Sendable {
    let path: FilePath
    /// Bytes in the file when it was opened.
    let size: Int64
    private let source: Source

    private enum Source {
        case file(FileDescriptor)
        case unwrapped(UnwrappedBytes)
    }

    /// - Throws: ``ArchiveError/changed(_:)``, ``ArchiveError/unreadable(_:_:)``.
    init(_ file: TreeFile) throws(ArchiveError) {
        path = file.path
        size = file.state.size
        do {
            source = .file(try file.open())
        } catch {
            throw ArchiveError(error)
        }
    }

    /// What is within the compression of a file.
    /// - Throws: ``ArchiveError/changed(_:)``, ``ArchiveError/unreadable(_:_:)``.
    init(_ file: TreeFile, within wrapping: Dump.Wrapping) throws(ArchiveError) {
        path = file.path
        size = wrapping.size
        source = .unwrapped(try UnwrappedBytes(InputFile(file), wrapping.layers))
    }

    /// Whether reading it at any place costs the same. What is within compression is read forwards.
    var isReadAnywhere: Bool { if case .file = source { true } else { false } }

    deinit {
        // Nothing was written, so a failure to close loses nothing.
        if case .file(let descriptor) = source { try? descriptor.close() }
    }

    /// Fills `buffer` with the bytes that start at `offset`.
    ///
    /// - Returns: how many bytes were read; fewer than fit only at the end of the file.
    /// - Throws: ``ArchiveError/unreadable(_:_:)``; within compression also ``ArchiveError/undecodable(_:_:)``.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try readSome(at: offset + Int64(filled), into: rest)
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    private func readSome(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        switch source {
        case .file(let descriptor):
            do {
                return try descriptor.read(fromAbsoluteOffset: offset, into: buffer)
            } catch {
                throw ArchiveError(path, error)
            }
        case .unwrapped(let bytes): return try bytes.read(at: offset, into: buffer)
        }
    }

    /// Reads at most `count` bytes at `offset`; fewer only at the end of the file.
    ///
    /// - Throws: ``ArchiveError/unreadable(_:_:)``.
    func bytes(at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(ArchiveError) in
            filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// The bytes of a listing of large objects, up to ``LargeObjectListing/longest``.
    func listing() throws(ArchiveError) -> [UInt8] {
        try bytes(at: 0, count: Int(min(size, Int64(LargeObjectListing.longest))))
    }
}

extension OpenTree {
    /// Opens a backup where it lies.
    /// - Parameter following: places that links in it may lead to.
    /// - Throws: ``ArchiveError/missing(_:)``, ``ArchiveError/unreadable(_:_:)``, or ``ArchiveError/notADump(_:looksLike:)`` for
    ///   anything but a regular file or a directory: it is not opened, because to open a pipe could take for ever.
    package static func ofBackup(at path: FilePath, following: [FilePath] = []) throws(ArchiveError) -> OpenTree {
        let tree: OpenTree
        do {
            tree = try OpenTree(at: path, following: following)
        } catch {
            throw ArchiveError(error)
        }
        guard [.file, .directory].contains(tree.state.kind) else {
            throw .notADump(path, looksLike: tree.state.kind.words)
        }
        return tree
    }
}

extension FileState.Kind {
    /// What it is, as something that is no file of a backup.
    package var words: String {
        switch self {
        case .file: "a file"
        case .directory: "a directory"
        case .link: "a symbolic link"
        case .socket, .special: "a pipe, socket or device"
        }
    }
}

extension ArchiveError {
    /// Translates an error of opening or reading a file of a backup.
    package init(_ error: FileError) {
        switch error.problem {
        case .system(_, .noSuchFileOrDirectory), .system(_, .notDirectory): self = .missing(error.path)
        case .system(_, let errno): self = .unreadable(error.path, errno)
        case .notAFile: self = .notADump(error.path, looksLike: "no regular file")
        case .tooLarge: self = .unreadable(error.path, .fileTooLarge)
        case .changed: self = .changed(error.path)
        case .notFollowed, .linkOfAnother: self = .notAllowed(error)
        }
    }

    /// Translates a system error about a file that the caller named.
    init(_ path: FilePath, _ error: any Error) {
        switch error as? Errno {
        case .noSuchFileOrDirectory?, .notDirectory?: self = .missing(path)
        case let errno?: self = .unreadable(path, errno)
        case nil: self = .unreadable(path, .ioError)
        }
    }
}
