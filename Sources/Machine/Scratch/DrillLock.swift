import Foundation
import Glibc
import SystemPackage

/// Proves that the drill which created something elsewhere, such as in a cloud, is still running: the drill holds the
/// file `NAME.lock` locked. The kernel releases the lock when the drill ends, in any way. So a later program on the
/// drill's machine can prove that the drill is dead.
package final class DrillLock: Sendable {
    private let lock: ScratchLock
    package let file: FilePath

    /// Makes the file, and its directory where that is missing.
    /// - Parameters:
    ///   - name: the name of what the drill creates elsewhere.
    ///   - label: says for people which drill it belongs to.
    ///   - expires: the time after which anyone may remove what the drill created.
    /// - Throws: ``ScratchError``.
    package init(named name: String, below parent: FilePath, label: String, expires: Date) throws(ScratchError) {
        file = Self.file(name, below: try ScratchDirectory.make(parent))
        lock = try ScratchLock(creating: file, owner: .init(label: label, expires: expires))
    }

    private init(_ lock: ScratchLock, _ file: FilePath) {
        self.lock = lock
        self.file = file
    }

    /// Removes the file. Call it when nothing is left of what the drill created elsewhere.
    package func remove() { try? FileManager.default.removeItem(atPath: file.string) }

    package var hasExpired: Bool { (try? lock.owner()?.expires).map { $0 < Date() } ?? false }

    package enum State: Sendable {
        /// Nothing on this machine tells whether the drill is running.
        case unknown
        case lives
        /// The drill has ended, and we hold its lock now.
        case dead(DrillLock)
    }

    /// Whether the drill that created something of this name is still running.
    package static func state(of name: String, below parent: FilePath) -> State {
        let file = file(name, below: parent)
        do {
            guard let lock = try ScratchLock(takingOver: file) else { return .unknown }
            return .dead(DrillLock(lock, file))
        } catch {
            return .lives
        }
    }

    /// The names of all lock files of this account, of drills that are running or dead.
    package static func names(below parent: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []).filter { $0.hasSuffix(ending) }
            .map { String($0.dropLast(ending.count)) }
            .filter { ScratchDirectory.isName($0) && isOfThisAccount(file($0, below: parent)) }.sorted()
    }

    private static func isOfThisAccount(_ file: FilePath) -> Bool {
        var status = stat()
        return lstat(file.string, &status) == 0 && status.st_uid == geteuid()
    }

    private static let ending = ".lock"

    private static func file(_ name: String, below parent: FilePath) -> FilePath { parent.appending(name + ending) }
}
