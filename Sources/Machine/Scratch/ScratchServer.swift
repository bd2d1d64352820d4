import Postgres
import SystemPackage

/// A throwaway server that a drill restores into: behind a ``Fence``, in a ``ScratchDirectory``, reached by its Unix
/// socket alone.
package struct ScratchServer: Sendable {
    /// Any number works: the socket's directory is private.
    static let port = 5432
    package static let superuser = "postgres"

    package let installation: Installation
    package let fence: Fence
    package let directory: ScratchDirectory
    package let settings: ServerSettings
    package let log: ServerLog
    /// The role that all our connections use.
    package let user: String
    /// A database that it has in any case.
    package let maintenanceDatabase: String
    /// The overlay that is its data directory; nil where there is none.
    package internal(set) var overlay: Overlay?
    /// Why there is no overlay, where one was asked for.
    package internal(set) var overlayRefusal: String?

    /// Whether autovacuum is switched on after the restore: on a server that is kept, and on one that is estimated to hold
    /// ``leastToVacuum`` or more. It first looks at a database half a minute later (`autovacuum_naptime`, spread over the databases),
    /// when most drills of less are over. In one that is not, PostgreSQL plans its queries without statistics.
    let needsAutovacuum: Bool
    /// In bytes.
    package static let leastToVacuum: Int64 = 100 << 20

    /// The process that we started and that listens on the socket; nil before it runs, and where it is kept.
    var postmaster: Int32?

    /// The data directory as it is seen from outside the server.
    package var data: FilePath { overlay?.root ?? directory.data }

    /// How to connect to one of its databases as its superuser.
    package func target(database: String) -> ConnectionTarget {
        var target = ConnectionTarget(
            host: directory.socket.string, port: Self.port, user: user, database: database)
        target.serverProcess = postmaster
        target.boundsAnswers = true
        return target
    }

    /// How to connect for work on the server as a whole, whatever settings and operators a copy brings along.
    package var maintenance: ConnectionTarget {
        var settings = [
            "session_preload_libraries": "", "local_preload_libraries": "", "role": "none", "search_path": "pg_catalog",
            "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0",
            "default_transaction_read_only": "off", "row_security": "on", "standard_conforming_strings": "on",
        ]
        // A server takes no setting that it does not know.
        if installation.version.major >= 14 { settings["idle_session_timeout"] = "0" }
        if installation.version.major >= 17 { settings["transaction_timeout"] = "0" }
        return target(database: maintenanceDatabase).settings(settings)
    }

    /// Turns autovacuum on again, if this server needs it. It is off during a restore, because it only slows the restore down.
    package func allowAutovacuum() async throws { try await set(autovacuum: true) }

    /// Turns it off again, for another restore.
    package func forbidAutovacuum() async throws { try await set(autovacuum: false) }

    private func set(autovacuum isOn: Bool) async throws {
        guard needsAutovacuum else { return }
        try await withConnection(to: maintenance) { connection in
            try await connection.execute("ALTER SYSTEM SET autovacuum = \(isOn ? "on" : "off")")
            try await connection.execute("SELECT pg_reload_conf()")
        }
    }
}
