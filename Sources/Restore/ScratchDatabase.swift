import Foundation
import Postgres
import Scratch

/// Makes a uniquely named database on an existing server, runs `body`, and drops it again with the roles made for it.
/// - Throws: ``Scratch/ScratchError/fencedOff(_:)`` before anything is touched, ``Scratch/ScratchError/tooOld(needed:installed:)``.
func withDatabase<Result: Sendable>(
    on target: ConnectionTarget, fencedOff: FencedOff, encoding: String?, needed: ServerVersion?,
    installation: Installation, cleanup: CleanupLog, label: String,
    _ body: @Sendable (EmptyDatabase) async throws -> Result
) async throws -> Result {
    try await withConnection(to: target) { connection in
        try await refuse(fencedOff, on: connection, target: target)
        let version = ServerVersion(number: try await connection.serverVersion)
        if let needed, !version.isAtLeastMajor(of: needed) {
            throw ScratchError.tooOld(needed: needed, installed: [version])
        }
        let name = "pgassay_" + UUID().uuidString.prefix(8).lowercased()
        let quoted = quoteIdentifier(name)
        try await connection.execute(
            "CREATE DATABASE \(quoted) TEMPLATE template0"
                + (encoding.map { " ENCODING \(quoteLiteral($0)) LOCALE 'C'" } ?? ""))
        let made = RoleList()
        do {
            try await connection.execute("COMMENT ON DATABASE \(quoted) IS \(quoteLiteral("pgassay: \(label)"))")
            let database = EmptyDatabase(
                target: target.database(name), serverVersion: version, installation: installation, fence: nil, log: nil,
                environment: RestoredEnvironment(
                    postgres: "\(version), an existing server named by the plan",
                    isolation: ["a database of its own on an existing server; not fenced"], weakenedSettings: [:],
                    account: target.user ?? "default"),
                kept: nil, problem: nil, endRestore: {}, rolesMade: made)
            let result = try await body(database)
            try await drop(name, and: made, on: target, cleanup: cleanup)
            return result
        } catch {
            // The first error says what happened; the cleanup log says what became of the database.
            try? await Task { try await drop(name, and: made, on: target, cleanup: cleanup) }.value
            throw error
        }
    }
}

/// Production is told by its system identifier, which no alias or tunnel hides, and by host name.
private func refuse(_ fencedOff: FencedOff, on connection: Connection, target: ConnectionTarget) async throws {
    if let host = target.host, fencedOff.hosts.contains(host) {
        throw ScratchError.fencedOff("The plan fences off \(host) as production: nothing was done there.")
    }
    guard !fencedOff.systemIdentifiers.isEmpty else { return }
    let row = try await connection.query("SELECT system_identifier::text FROM pg_control_system()")
    let identifier = try row[0].need(at: 0, as: String.self)
    if fencedOff.systemIdentifiers.contains(identifier) {
        throw ScratchError.fencedOff(
            "The server \(target.host ?? "") has the system identifier \(identifier), which the plan fences off as "
                + "production: nothing was done there.")
    }
}

/// Over a connection of its own: the one that made the database may be in any state.
private func drop(
    _ name: String, and roles: RoleList, on target: ConnectionTarget, cleanup: CleanupLog
) async throws {
    try await withConnection(to: target) { connection in
        let force = try await connection.serverVersion >= 130_000 ? " WITH (FORCE)" : ""
        try await connection.execute("DROP DATABASE \(quoteIdentifier(name))\(force)")
        let left = try await connection.query("SELECT 1 FROM pg_database WHERE datname = $1", [name])
        cleanup.record("database \(name)", removed: left.isEmpty, verified: "pg_database no longer lists it")
        for role in roles.names {
            try await connection.execute("DROP ROLE \(quoteIdentifier(role))")
            cleanup.record("role \(role)", removed: true, verified: "the server confirmed it")
        }
    }
}

/// Drops databases that killed drills left on an existing server: named and commented like ours, with nobody connected.
/// Then the roles made for databases that are gone.
/// - Returns: what was dropped.
package func sweepDatabases(on target: ConnectionTarget) async throws -> [String] {
    try await withConnection(to: target) { connection in
        let rows = try await connection.query(
            """
            SELECT d.datname FROM pg_catalog.pg_database d
            WHERE d.datname ~ '^pgassay_[0-9a-f]{8}$'
              AND pg_catalog.shobj_description(d.oid, 'pg_database') LIKE 'pgassay: %'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
            ORDER BY 1
            """)
        let names = try rows.map { try $0.need(at: 0, as: String.self) }
        for name in names { try await connection.execute("DROP DATABASE \(quoteIdentifier(name))") }
        let orphans = try await connection.query(
            """
            SELECT r.rolname FROM pg_catalog.pg_roles r
            WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') ~ '^\(RoleMaker.comment(for: "pgassay_[0-9a-f]{8}"))$'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_database d
                              WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') LIKE '% ' || d.datname)
            ORDER BY 1
            """)
        let roles = try orphans.map { try $0.need(at: 0, as: String.self) }
        for name in roles { try await connection.execute("DROP ROLE \(quoteIdentifier(name))") }
        return names.map { "database \($0)" } + roles.map { "role \($0)" }
    }
}
