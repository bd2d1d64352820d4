import Foundation
import Postgres
import Processes
import Scratch
import SystemPackage

/// Where a restored database is made.
package enum ScratchPlace: Sendable {
    /// A throwaway server of our own in a directory below `parent`, run by `account`.
    case ownServer(parent: FilePath, account: String?)
    /// A database of its own on an existing server; `fencedOff` lists what must never be touched.
    case existing(ConnectionTarget, fencedOff: FencedOff)
}

/// What no drill may touch, by whatever name it is reached.
package struct FencedOff: Sendable, Equatable {
    /// As `pg_control_system()` gives them; they survive copies and renames of a host.
    package var systemIdentifiers: [String]
    package var hosts: [String]

    package init(systemIdentifiers: [String] = [], hosts: [String] = []) {
        self.systemIdentifiers = systemIdentifiers
        self.hosts = hosts
    }
}

/// An empty database, ready to be restored into, with everything that a restore needs to know of its server.
struct EmptyDatabase: Sendable {
    let target: ConnectionTarget
    let serverVersion: ServerVersion
    /// Whose pg_restore to use.
    let installation: Installation
    /// Nil for an existing server, whose network must be reached.
    let fence: Fence?
    /// Nil for an existing server.
    let log: ServerLog?
    let environment: RestoredEnvironment
    let kept: KeptServer?
    /// Text is, or may be, sorted differently than at the source.
    let sortsDifferently: Bool
    /// What could not be had when it was made.
    let problem: RestoreProblem?
    /// Ends what only a restore wants of the server, such as autovacuum switched off.
    let endRestore: @Sendable () async throws -> Void
    /// Roles made for the restore.
    let rolesMade: RoleList
    /// Lets a session have the processor only while nothing else wants it; nil on an existing server.
    let yieldProcessor: (@Sendable (Connection) async throws -> Void)?

    /// The command behind the fence, if there is one; else with what it needs to log in.
    func command(_ command: Command, readsAnyFile: Bool) -> Command {
        var command = command
        guard let fence else {
            // An existing server is reached as the person who runs us would reach it.
            let ours = ProcessInfo.processInfo.environment
            for name in ["HOME", "PGPASSFILE", "PGPASSWORD"] { command.environment[name] = ours[name] }
            return command
        }
        return fence.around(command, readsAnyFile: readsAnyFile)
    }
}
