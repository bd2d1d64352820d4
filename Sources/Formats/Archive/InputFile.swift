import SystemPackage

/// A regular file, open for reading at any place. It is closed when the last reference to it is gone.
final class InputFile: Sendable {
    let path: FilePath
    /// Bytes in the file when it was opened.
    let size: Int64
    private let descriptor: FileDescriptor

    /// - Throws: ``ArchiveError/missing(_:)``, ``ArchiveError/unreadable(_:_:)``, or
    ///   ``ArchiveError/notADump(_:looksLike:)`` for anything but a regular file: opening a pipe could wait for ever.
    /// - Parameter followsLink: false where other accounts may write, because a link there could lead to any file.
    init(_ path: FilePath, followsLink: Bool = true) throws(ArchiveError) {
        self.path = path
        let stat = try Stat(inspecting: path, followsLink: followsLink)
        guard stat.type == .regular else {
            let looks =
                switch stat.type {
                case .directory: "a directory"
                case .symbolicLink: "a link"
                default: "a pipe, socket or device"
                }
            throw .notADump(path, looksLike: looks)
        }
        size = stat.size
        do {
            descriptor = try FileDescriptor.open(
                path, .readOnly, options: followsLink ? .closeOnExec : [.closeOnExec, .noFollow])
        } catch {
            throw ArchiveError(path, error)
        }
    }

    deinit {
        // Nothing was written, so a failure to close loses nothing.
        try? descriptor.close()
    }

    /// Fills `buffer` with the bytes that start at `offset`.
    ///
    /// - Returns: how many bytes were read; fewer than fit only at the end of the file.
    /// - Throws: ``ArchiveError/unreadable(_:_:)``.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count: Int
            do {
                count = try descriptor.read(
                    fromAbsoluteOffset: offset + Int64(filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            } catch {
                throw ArchiveError(path, error)
            }
            if count == 0 { break }
            filled += count
        }
        return filled
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

extension Stat {
    /// - Throws: ``ArchiveError/missing(_:)`` or ``ArchiveError/unreadable(_:_:)``.
    init(inspecting path: FilePath, followsLink: Bool = true) throws(ArchiveError) {
        do {
            try self.init(path, followTargetSymlink: followsLink)
        } catch {
            throw ArchiveError(path, error)
        }
    }
}

extension ArchiveError {
    /// Translates a system error about a file that the caller named.
    init(_ path: FilePath, _ error: any Error) {
        switch error as? Errno {
        case .noSuchFileOrDirectory?, .notDirectory?: self = .missing(path)
        case let errno?: self = .unreadable(path, errno)
        case nil: self = .unreadable(path, .ioError)
        }
    }
}
