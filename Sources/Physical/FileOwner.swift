import Glibc
import SystemPackage

/// The account that files are laid out for, and how they are made for it.
package struct FileOwner: Sendable {
    private let user: uid_t
    private let group: gid_t

    package init(user: uid_t, group: gid_t) {
        self.user = user
        self.group = group
    }

    /// Makes a directory that only the owner enters.
    /// - Throws: `Errno`.
    func makeDirectory(_ path: FilePath) throws {
        guard mkdir(path.string, 0o700) == 0, chown(path.string, user, group) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Makes a link.
    /// - Throws: `Errno`.
    func link(_ path: FilePath, to target: FilePath) throws {
        guard symlink(target.string, path.string) == 0, lchown(path.string, user, group) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Copies a file. Where the file system can share blocks, its bytes are only read.
    /// - Parameters:
    ///   - target: must not be there.
    ///   - buffer: what is read at a time; whole, but at the end of the file.
    ///   - look: is given the bytes as they go by.
    /// - Throws: `Errno`; what `look` throws.
    func copy(
        _ source: FilePath, to target: FilePath, through buffer: UnsafeMutableRawBufferPointer,
        _ look: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec, .noFollow])
        defer { try? input.close() }
        let output = try FileDescriptor.open(
            target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
            permissions: .ownerReadWrite)
        try output.closeAfter {
            guard fchown(output.rawValue, user, group) == 0 else { throw Errno(rawValue: errno) }
            let isShared = ioctl(output.rawValue, Self.ficlone, input.rawValue) == 0
            while true {
                let count = try fill(buffer, from: input)
                guard count > 0 else { return }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if !isShared { try output.writeAll(bytes) }
                try look(bytes)
            }
        }
    }

    /// `FICLONE` of linux/fs.h, which Swift does not see: `_IOW(0x94, 9, int)`.
    private static let ficlone: UInt = 0x4004_9409

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from file: FileDescriptor) throws -> Int {
        var count = 0
        while count < buffer.count {
            let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if read == 0 { break }
            count += read
        }
        return count
    }
}
