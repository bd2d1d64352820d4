import Foundation
import SystemPackage

/// Removes what drills left that were killed before they could remove it (`pgassay clean`).
///
/// Removes only what is provably ours and dead: a directory that is named like ours and has our lock file in it, whose
/// lock the kernel has released because its holder died. Stops a server only if it works in that directory.
package struct Sweep: Sendable {
    package enum Outcome: Sendable, Equatable {
        case removed
        /// A drill is still using it.
        case inUse
        /// Left by `--keep-scratch`; removed when named.
        case kept
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
    /// - Returns: nil when it is not one of ours.
    package func sweep(_ path: FilePath, evenKept: Bool) async -> Entry? {
        let directory = ScratchDirectory(path: path)
        guard let name = path.lastComponent?.string, ScratchDirectory.isName(name) else { return nil }
        do {
            guard let lock = try ScratchLock(takingOver: directory.lockFile), let owner = try lock.owner() else {
                return nil
            }
            if owner.kept && !evenKept { return Entry(directory: path, outcome: .kept) }
            await directory.stopServer(gracefully: false)
            guard directory.serverProcesses.isEmpty else {
                throw ScratchError.cannotRemove(path, reason: "its server does not end")
            }
            try directory.remove(recordingIn: CleanupLog())
            return Entry(directory: path, outcome: .removed)
        } catch ScratchError.locked {
            return Entry(directory: path, outcome: .inUse)
        } catch {
            return Entry(directory: path, outcome: .failed(String(describing: error)))
        }
    }
}
