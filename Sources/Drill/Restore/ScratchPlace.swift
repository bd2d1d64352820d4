import Files
import Foundation
import Launcher
import Postgres
import Processes
import Scratch
import SystemPackage

/// Where a restored database is created.
package enum ScratchPlace: Sendable {
    /// A throwaway server of our own in a directory below `parent`, run by `account`.
    case ownServer(parent: FilePath, account: String?)
    /// A new database on an existing server; `fencedOff` lists what must never be touched.
    case existing(ConnectionTarget, fencedOff: FencedOff)
}

/// What no drill may touch, under any name.
package struct FencedOff: Sendable, Equatable {
    /// As `pg_control_system()` gives them; they stay the same when a host is copied or renamed.
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
    /// The installation whose pg_restore is used.
    let installation: Installation
    /// Around every program that reads the backup.
    let fence: Fence
    /// How such a program logs in on an existing server; nil for a server of our own, which asks for nothing.
    let login: ClientLogin?
    /// Nil for an existing server.
    let log: ServerLog?
    let environment: RestoredEnvironment
    let kept: KeptServer?
    /// True if text is, or may be, sorted differently than at the source.
    let sortsDifferently: Bool
    /// What was not available when the database was created.
    let problem: RestoreProblem?
    /// Ends settings of the server that only a restore needs, such as autovacuum switched off.
    let endRestore: @Sendable () async throws -> Void
    /// Roles created for the restore.
    let rolesMade: RoleList
    /// Lets a session use the processor only while nothing else needs it; nil on an existing server.
    let yieldProcessor: (@Sendable (Connection) async throws -> Void)?

    /// Puts a client of the server behind the fence.
    /// - Parameters:
    ///   - other: the installation that it is of; nil for the one that restores.
    ///   - backup: what it reads; nil where it reads the database alone.
    func command(
        _ command: Command, of other: Installation? = nil, reading backup: OpenTree? = nil
    ) async throws -> Command {
        var command = command
        var sights = try backup.map { [try Sight.opened($0, .readAsOwner)] } ?? []
        if let host = target.host, host.hasPrefix("/") { sights.append(try .present(FilePath(host), .connect)) }
        if let login {
            command.environment.merge(login.environment) { $1 }
            for file in login.files { sights.append(try .present(file, .read)) }
        }
        return try await fence.around(command, of: other ?? installation, seeing: sights, port: login?.port)
    }
}
