import Files
import Foundation
import Glibc
import Processes
import SystemPackage

/// A private directory that one drill works in: `pgassay-<8 hex digits>`. It belongs to who runs the drill; under root, the account
/// of the scratch server can only pass through, so that nothing in a backup removes or exchanges what is directly in it.
///
///     pgassay.lock   held locked (flock) while the drill runs, so that "dead" can be proved
///     data/          the server's data directory, or, with an overlay, what the server changed
///     overlay/       what the kernel needs for an overlay
///     socket/        its Unix socket
package struct ScratchDirectory: Sendable, Equatable {
    package let path: FilePath

    package var data: FilePath { path.appending("data") }
    package var socket: FilePath { path.appending(socketName) }
    package var log: FilePath { path.appending("server.log") }
    var lockFile: FilePath { path.appending("pgassay.lock") }

    package static func isName(_ name: String) -> Bool { name.wholeMatch(of: /pgassay-[0-9a-f]{8}/) != nil }

    /// Where Landlock alone keeps drills apart, it is a name that another drill cannot guess: Landlock keeps no program from a
    /// socket whose name it knows, and lets none look for names.
    private let socketName: String

    init(path: FilePath, hidesSocket: Bool = false) {
        self.path = path
        let secret = String(UInt64.random(in: 0 ... .max), radix: 16).leftPadded(to: 16)
        socketName = hidesSocket ? "socket-\(secret)" : "socket"
    }

    /// Where scratch directories go when no other place is given: `PGASSAY_SCRATCH`, else `/var/tmp`, which, unlike
    /// `/tmp`, is a real disk everywhere.
    package static var defaultParent: FilePath {
        FilePath(Variable.value(of: "PGASSAY_SCRATCH") ?? "/var/tmp")
    }

    /// `parent` if it exists, otherwise the directory in which it would be made.
    /// - Throws: ``ScratchError`` where neither exists. Only the last part of a path is ever made: if more is missing,
    ///   it is probably a volume that is not mounted.
    package static func existingDirectory(of parent: FilePath) throws(ScratchError) -> FilePath {
        // The path is made absolute first: `scratch` alone has no directory above it.
        let above = FilePath(URL(filePath: parent.string).standardizedFileURL.path).removingLastComponent()
        for directory in [parent, above] where FileManager.default.fileExists(atPath: directory.string) {
            return directory
        }
        throw .cannotCreate(
            directory: parent, reason: "there is no directory \(above), perhaps a volume that is not mounted")
    }

    /// A name that no other drill has.
    package static func newName() -> String {
        "pgassay-" + String(UInt32.random(in: 0 ... .max), radix: 16).leftPadded(to: 8)
    }

    /// Makes the directory that scratch directories go to, if it is missing.
    /// - Returns: its absolute path, because children run in other directories.
    /// - Throws: ``ScratchError``.
    static func make(_ parent: FilePath) throws(ScratchError) -> FilePath {
        let parent = FilePath(URL(filePath: parent.string).standardizedFileURL.path)
        guard try existingDirectory(of: parent) != parent else { return parent }
        guard mkdir(parent.string, 0o777) != 0 else { return parent }
        let reason = Errno.current
        // Another drill may have made it just now.
        guard reason == .fileExists, try existingDirectory(of: parent) == parent else {
            throw ScratchError.cannotCreate(directory: parent, reason: reason.description)
        }
        return parent
    }

    /// Makes a scratch directory below `parent`. Makes `parent` too, if it is missing.
    /// - Throws: ``ScratchError`` when it cannot be made, when the account cannot enter it, or when its path is too
    ///   long.
    static func create(below parent: FilePath, for fence: Fence, label: String) async throws -> (Self, ScratchLock) {
        let parent = try make(parent)
        try await fence.requireEntry(to: parent)
        let directory = ScratchDirectory(
            path: parent.appending(newName()),
            hidesSocket: fence.walls.contains(.landlock) && !fence.walls.contains(.mount))
        // The longest path that fits sun_path, with its final NUL (unix(7)).
        let limit = 107
        let socketFile = directory.socket.appending(".s.PGSQL.\(ScratchServer.port)")
        guard socketFile.string.utf8.count <= limit else {
            throw ScratchError.socketPathTooLong(socketFile, limit: limit)
        }
        guard mkdir(directory.path.string, 0o700) == 0 else {
            throw ScratchError.cannotCreate(directory: directory.path, reason: Errno.current.description)
        }
        do {
            let lock = try ScratchLock(of: directory, owner: .init(label: label))
            guard chmod(directory.path.string, fence.account.isOther ? 0o711 : 0o700) == 0 else {
                throw ScratchError.cannotCreate(directory: directory.path, reason: Errno.current.description)
            }
            try fence.account.makeDirectory(directory.socket)
            return (directory, lock)
        } catch {
            // Without its lock file, `pgassay clean` would not recognise it as ours.
            try? Files.removeTree(directory.path)
            throw error
        }
    }

    /// - Parameter parent: as it was named, for the message.
    /// - Throws: ``ScratchError/diskTooSmall(directory:needed:available:)`` where fewer bytes than these are free.
    func require(_ bytes: Int64, of parent: FilePath) throws {
        let available = try freeDiskSpace(at: path)
        guard available >= bytes else {
            throw ScratchError.diskTooSmall(directory: parent, needed: bytes, available: available)
        }
    }

    /// Whether a directory is one that we made: it belongs to this account, and nobody else can exchange what is in it.
    static func isOurs(_ status: stat) -> Bool {
        status.isDirectory && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }

    /// Removes the directory and proves that it is gone.
    func remove(recordingIn cleanup: CleanupLog) throws(ScratchError) {
        SharedMemory.remove(leftBy: data, recordingIn: cleanup)
        do {
            let above = try OpenDirectory(path.removingLastComponent())
            let own = try above.directory(path.lastComponent!.string)
            let owner = try own.status()
            guard Self.isOurs(owner) else {
                throw ScratchError.cannotRemove(
                    path, reason: "it belongs to another account, or others may write to it")
            }
            // The lock file is removed last: without it, `pgassay clean` would not recognise a directory that could not
            // be removed.
            let lock = lockFile.lastComponent!.string.utf8CString
            for name in try own.entries() where !name.elementsEqual(lock) { try own.removeTree(name) }
            try above.removeTree(path.lastComponent!.string)
        } catch {
            let reason = (error as? ScratchError)?.reason ?? String(describing: error)
            cleanup.record("scratch directory \(path)", removed: false, verified: reason)
            throw .cannotRemove(path, reason: reason)
        }
        var status = stat()
        let gone = lstat(path.string, &status) != 0 && errno == ENOENT
        cleanup.record(
            "scratch directory \(path)", removed: gone,
            verified: gone ? "the directory no longer exists" : "still there")
        if !gone { throw .cannotRemove(path, reason: "it is still there after removal") }
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}
