import Files
import Foundation
import Glibc
import SystemPackage

/// The lock file of a scratch directory. The kernel releases the lock when its holder ends, in any way, so "can be
/// locked" means "its drill is dead". A process id proves nothing: it may belong to another process by then.
final class ScratchLock: Sendable {
    /// What the file says, for people and for `pgassay clean`.
    struct Owner: Codable, Equatable, Sendable {
        var tool = "pgassay"
        var label: String
        var processID = ProcessInfo.processInfo.processIdentifier
        var created = Date()
        /// Left on purpose by `--keep-scratch`: removed only when named.
        var kept = false
        /// The time after which anyone may remove what the drill created elsewhere; nil where it created nothing
        /// elsewhere.
        var expires: Date?
    }

    private let descriptor: FileDescriptor
    /// The directory that the file is in, locked too: it cannot be removed as the file can. Nil for a file of its own.
    private let directory: OpenDirectory?

    /// Locks a new scratch directory, and makes its lock file.
    convenience init(of directory: ScratchDirectory, owner: Owner) throws(ScratchError) {
        do {
            let held = try OpenDirectory(directory.path)
            // Waits, as below.
            guard flock(held.descriptor, LOCK_EX) == 0 else { throw Errno.current }
            try self.init(creating: directory.lockFile, owner: owner, holding: held)
        } catch {
            throw error as? ScratchError
                ?? .cannotCreate(directory: directory.path, reason: String(describing: error))
        }
    }

    /// Makes the file and locks it.
    init(creating file: FilePath, owner: Owner, holding directory: consuming OpenDirectory? = nil) throws(ScratchError)
    {
        self.directory = directory
        do {
            // O_CLOEXEC: if a child held the lock, a dead drill would look alive.
            descriptor = try FileDescriptor.open(
                file, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            // Waits for the lock: a `pgassay clean` that looks at the file right now releases it at once, because the
            // file names no owner yet.
            guard flock(descriptor.rawValue, LOCK_EX) == 0 else { throw Errno(rawValue: errno) }
            try write(owner)
        } catch {
            throw .cannotCreate(directory: file, reason: String(describing: error))
        }
    }

    /// Takes over a dead drill's lock.
    /// - Returns: nil when the file is not one of ours, or another account's.
    /// - Throws: ``ScratchError/locked(_:)`` while its drill is running.
    init?(takingOver file: FilePath) throws {
        guard
            let opened = try? FileDescriptor.open(file, .readWrite, options: [.noFollow, .nonBlocking, .closeOnExec])
        else { return nil }
        descriptor = opened
        directory = nil
        var status = stat()
        guard fstat(opened.rawValue, &status) == 0, status.isRegular, status.st_uid == geteuid() else { return nil }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            throw ScratchError.locked(file.removingLastComponent())
        }
        guard try owner() != nil else { return nil }
    }

    deinit { descriptor.closeLocked() }

    /// - Returns: nil when the file does not hold what we write into it.
    func owner() throws -> Owner? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try buffer.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }
        let owner = try? JSONDecoder().decode(Owner.self, from: Data(buffer.prefix(count)))
        return owner?.tool == "pgassay" ? owner : nil
    }

    func markKept() throws {
        guard var owner = try owner() else { return }
        owner.kept = true
        try write(owner)
    }

    private func write(_ owner: Owner) throws {
        let bytes = try JSONEncoder().encode(owner)
        guard ftruncate(descriptor.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
        _ = try bytes.withUnsafeBytes { try descriptor.writeAll(toAbsoluteOffset: 0, $0) }
    }
}
