import Foundation
import Glibc
import SystemPackage

/// Shows that a drill lives which made something elsewhere, such as in a cloud: `NAME.lock`, which it holds locked. The kernel
/// lets go of it when the drill dies, however it dies; so on the machine of the drill it can be proved that it is dead.
package final class DrillLock: Sendable {
    private let lock: ScratchLock
    package let file: FilePath

    /// Makes the file, and the directory where that is missing.
    /// - Parameters:
    ///   - name: of what the drill makes elsewhere.
    ///   - label: whose it is, for people.
    ///   - expires: when what was made may be removed by anybody.
    /// - Throws: ``ScratchError``.
    package init(named name: String, below parent: FilePath, label: String, expires: Date) throws(ScratchError) {
        file = Self.file(name, below: try ScratchDirectory.make(parent))
        lock = try ScratchLock(creating: file, owner: .init(label: label, expires: expires))
    }

    private init(_ lock: ScratchLock, _ file: FilePath) {
        self.lock = lock
        self.file = file
    }

    /// Takes the file away: nothing is left of what it stands for.
    package func remove() { try? FileManager.default.removeItem(atPath: file.string) }

    package var hasExpired: Bool { (try? lock.owner()?.expires).map { $0 < Date() } ?? false }

    package enum State: Sendable {
        /// Nothing here tells whether that drill lives.
        case unknown
        case lives
        /// Its lock is ours now.
        case dead(DrillLock)
    }

    /// Whether the drill lives that made something.
    package static func state(of name: String, below parent: FilePath) -> State {
        let file = file(name, below: parent)
        do {
            guard let lock = try ScratchLock(takingOver: file) else { return .unknown }
            return .dead(DrillLock(lock, file))
        } catch {
            return .lives
        }
    }

    /// The names that drills have locks for, dead or alive.
    package static func names(below parent: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []).filter { $0.hasSuffix(ending) }
            .map { String($0.dropLast(ending.count)) }.filter(ScratchDirectory.isName).sorted()
    }

    private static let ending = ".lock"

    private static func file(_ name: String, below parent: FilePath) -> FilePath { parent.appending(name + ending) }
}
