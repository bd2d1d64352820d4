import Files
import Foundation
import Glibc
import SystemPackage

/// Removes what drills left that were killed before they could remove it (`pgassay clean`).
///
/// It removes a directory only if the directory belongs to this account, nobody else can write to it, its name is like ours, and
/// its lock is free: the kernel releases the lock when the drill ends. A directory that was kept, or that has no lock file, is
/// removed only if a person named it. A server is stopped only if it works in that directory.
package struct Sweep: Sendable {
    package enum Outcome: Sendable, Equatable {
        case removed
        /// A drill is still using it.
        case inUse
        /// Left by `--keep-scratch`; removed when named.
        case kept
        /// Its lock file is gone, so it is not known to be a drill's; removed when named.
        case withoutLock
        /// Another account's, named here: it is left alone.
        case ofAnother(account: String)
        case failed(String)
    }

    package struct Entry: Sendable, Equatable {
        package let directory: FilePath
        package let outcome: Outcome
    }

    package init() {}

    /// Sweeps every scratch directory below `parent`. Kept ones stay.
    package func sweep(below parent: FilePath) async -> [Entry] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []).sorted()
        var entries: [Entry] = []
        for name in names where ScratchDirectory.isName(name) {
            if let entry = await sweep(parent.appending(name), evenKept: false) { entries.append(entry) }
        }
        return entries
    }

    /// Sweeps one directory.
    /// - Parameter evenKept: it was named, so it is removed also if it was kept, or has no lock file.
    /// - Returns: nil when it is not one of ours.
    package func sweep(_ path: FilePath, evenKept: Bool) async -> Entry? {
        let directory = ScratchDirectory(path: path)
        guard let name = path.lastComponent?.string, ScratchDirectory.isName(name) else { return nil }
        do {
            let place = try OpenDirectory(path.removingLastComponent()).directory(name)
            let status = try place.status()
            guard status.st_uid == geteuid() else {
                return Entry(directory: path, outcome: .ofAnother(account: Account.name(of: status.st_uid)))
            }
            guard ScratchDirectory.isOurs(status) else { return nil }
            guard try place.lock() else { return Entry(directory: path, outcome: .inUse) }
            let lock = try ScratchLock(takingOver: directory.lockFile)
            if let owner = try lock?.owner() {
                if owner.kept && !evenKept { return Entry(directory: path, outcome: .kept) }
            } else {
                guard try place.looksLikeScratchDirectory() else { return nil }
                if !evenKept { return Entry(directory: path, outcome: .withoutLock) }
            }
            await directory.stopServer(gracefully: false)
            guard directory.serverProcesses.isEmpty else {
                throw ScratchError.cannotRemove(path, reason: "its server does not end")
            }
            try directory.remove(recordingIn: CleanupLog())
            return Entry(directory: path, outcome: .removed)
        } catch ScratchError.locked {
            return Entry(directory: path, outcome: .inUse)
        } catch Errno.notDirectory, Errno.noSuchFileOrDirectory, Errno.tooManySymbolicLinkLevels {
            return nil
        } catch {
            return Entry(directory: path, outcome: .failed(String(describing: error)))
        }
    }
}

extension OpenDirectory {
    /// A backup without walls around it can remove the lock file. What is left then: a directory in which only we may write, with a
    /// directory for the socket in it, and no lock file of anybody's.
    fileprivate func looksLikeScratchDirectory() throws(Errno) -> Bool {
        let names = try entries().map { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
        return [0o700, 0o711].contains(try status().st_mode & 0o777) && !names.contains("pgassay.lock")
            && names.contains { $0.hasPrefix("socket") }
    }
}
