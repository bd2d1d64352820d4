import Glibc
import SystemPackage

/// A file that did not exist before, written from its beginning to its end. A link in its place is never followed.
package struct NewFile: ~Copyable {
    private let descriptor: FileDescriptor

    /// - Parameters:
    ///   - mode: the permissions, as far as the process's umask allows them.
    ///   - owner: who gets the file; nil leaves it with this process's account.
    /// - Throws: `Errno`, also when something is there already.
    package init(_ path: FilePath, mode: FilePermissions = .ownerReadWrite, owner: FileOwner? = nil) throws(Errno) {
        descriptor = try Self.create(path, mode, owner)
    }

    private static func create(
        _ path: FilePath, _ mode: FilePermissions, _ owner: FileOwner?
    ) throws(Errno) -> FileDescriptor {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: mode)
        } catch {
            throw error as? Errno ?? .ioError
        }
        if let owner, fchown(descriptor.rawValue, owner.user, owner.group) != 0 {
            let error = Errno.current
            try? descriptor.close()
            throw error
        }
        return descriptor
    }

    deinit { try? descriptor.close() }

    /// - Throws: `Errno`.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        do {
            _ = try descriptor.writeAll(bytes)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// - Throws: `Errno`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        do {
            _ = try descriptor.writeAll(bytes)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Takes over the bytes of another file without copying them, where the file system can share blocks.
    /// - Returns: false where it cannot; nothing is written then.
    func shareBlocks(of other: FileDescriptor) -> Bool {
        ioctl(descriptor.rawValue, Self.ficlone, other.rawValue) == 0
    }

    /// `FICLONE` of linux/fs.h, which Swift does not see: `_IOW(0x94, 9, int)`.
    private static let ficlone: UInt = 0x4004_9409

    /// Sets the permissions, whatever the umask says.
    package func setMode(_ mode: FilePermissions) throws(Errno) {
        guard fchmod(descriptor.rawValue, mode.rawValue) == 0 else { throw .current }
    }

    /// Waits until the bytes are on stable storage.
    /// - Throws: `Errno`.
    package func sync() throws(Errno) {
        guard fsync(descriptor.rawValue) == 0 else { throw .current }
    }

    /// Closes the file and says whether that went well; without it the file is closed in silence.
    package consuming func close() throws(Errno) {
        let descriptor = descriptor
        discard self
        guard Glibc.close(descriptor.rawValue) == 0 else { throw .current }
    }
}
