import Foundation
import Postgres
import Scratch

/// Creates a uniquely named database on an existing server, runs `body`, and drops it and the roles created for it.
/// - Throws: ``Scratch/ScratchError/fencedOff(_:)`` before anything is touched,
///   ``Scratch/ScratchError/tooOld(needed:installed:)``.
func withDatabase<Result: Sendable>(
    on target: ConnectionTarget, fencedOff: FencedOff, encoding: String?, needed: ServerVersion?,
    installation: Installation, fence: ClientFence, cleanup: CleanupLog, label: String,
    _ body: @Sendable (EmptyDatabase) async throws -> Result
) async throws -> Result {
    try await withConnection(to: target) { connection in
        try await refuse(fencedOff, on: connection)
        let login = try await ClientLogin(of: connection)
        let version = ServerVersion(number: try await connection.serverVersion)
        if let needed, !version.isAtLeastMajor(of: needed) {
            throw ScratchError.tooOld(needed: needed, installed: [version])
        }
        return try await withNewDatabase(
            over: connection, on: target, encoding: encoding, label: label, cleanup: cleanup
        ) { name in
            try await body(
                EmptyDatabase(
                    target: login.target.database(name), serverVersion: version, installation: installation,
                    fence: fence.fence, login: login, log: nil,
                    environment: RestoredEnvironment(
                        postgres: "\(version), an existing server named by the plan",
                        isolation: fence.isolation, weakenedSettings: [:],
                        account: login.target.user ?? "default"),
                    kept: nil, sortsDifferently: true, problem: nil, endRestore: {}, rolesMade: RoleList(),
                    yieldProcessor: nil))
        }
    }
}

/// Creates an empty database beside another one, with the same encoding, runs `body`, and drops it.
/// - Parameter target: the other one.
func withDatabase<Result: Sendable>(
    beside target: ConnectionTarget, label: String, cleanup: CleanupLog,
    _ body: @Sendable (ConnectionTarget) async throws -> Result
) async throws -> Result {
    try await withConnection(to: target) { connection in
        let encoding = try await connection.query("SELECT pg_catalog.getdatabaseencoding()::text")
        return try await withNewDatabase(
            over: connection, on: target, encoding: try encoding[0].need(at: 0), label: label, cleanup: cleanup
        ) { try await body(target.database($0)) }
    }
}

/// Creates an empty database with a name of its own, runs `body` with the name, and drops it, with the roles that were created
/// for it.
private func withNewDatabase<Result: Sendable>(
    over connection: Connection, on target: ConnectionTarget, encoding: String?, label: String, cleanup: CleanupLog,
    _ body: @Sendable (String) async throws -> Result
) async throws -> Result {
    let name = "pgassay_" + UUID().uuidString.prefix(8).lowercased()
    do {
        // A drill that is stopped meanwhile may not learn that it was created.
        try await connection.create(name, encoding: encoding)
        try await connection.execute(
            "COMMENT ON DATABASE \(quoteIdentifier(name)) IS \(quoteLiteral("pgassay: \(label)"))")
        let result = try await body(name)
        try await drop(name, on: target, cleanup: cleanup)
        return result
    } catch {
        // The first error says what happened; the cleanup log says whether the database is gone.
        try? await Task { try await drop(name, on: target, cleanup: cleanup) }.value
        throw error
    }
}

/// Refuses production. It is recognised by its system identifier, which no alias or tunnel hides, and by the host that
/// the connection really went to, even if the environment or a service file changed the name.
private func refuse(_ fencedOff: FencedOff, on connection: Connection) async throws {
    func plain(_ host: String) -> String {
        let host = host.lowercased()
        return host.count > 1 && host.hasSuffix("/") ? String(host.dropLast()) : host
    }
    let production = Set(fencedOff.hosts.map(plain))
    if let host = try await connection.hosts.first(where: { production.contains(plain($0)) }) {
        throw ScratchError.fencedOff("The plan fences off \(host) as production: nothing was done there.")
    }
    guard !fencedOff.systemIdentifiers.isEmpty else { return }
    let row = try await connection.query("SELECT system_identifier::text FROM pg_control_system()")
    let identifier = try row[0].need(at: 0, as: String.self)
    if fencedOff.systemIdentifiers.contains(identifier) {
        throw ScratchError.fencedOff(
            "The server has the system identifier \(identifier), which the plan fences off as "
                + "production: nothing was done there.")
    }
}

/// Uses a separate connection, because the one that created the database may be in any state. If the database or a
/// role cannot be dropped, the others still are.
private func drop(_ name: String, on target: ConnectionTarget, cleanup: CleanupLog) async throws {
    try await withConnection(to: target) { connection in
        var failure: (any Error)?
        let isThere = "SELECT 1 FROM pg_database WHERE datname = $1"
        do {
            if try await !connection.query(isThere, [name]).isEmpty {
                try await dropDatabase(name, over: connection)
                let left = try await connection.query(isThere, [name])
                cleanup.record("database \(name)", removed: left.isEmpty, verified: "pg_database no longer lists it")
            }
        } catch {
            cleanup.record("database \(name)", removed: false, verified: String(describing: error))
            failure = error
        }
        // Asked of the server: a drill that is stopped while it creates a role may not learn that it was created.
        let roles = try await connection.query(
            """
            SELECT rolname FROM pg_catalog.pg_roles
            WHERE pg_catalog.shobj_description(oid, 'pg_authid') = $1 ORDER BY oid
            """, [RoleMaker.comment(for: name)]
        ).map { try $0.need(at: 0, as: String.self) }
        for role in roles {
            do {
                try await connection.execute("DROP ROLE \(quoteIdentifier(role))")
                cleanup.record("role \(role)", removed: true, verified: "the server confirmed it")
            } catch {
                cleanup.record("role \(role)", removed: false, verified: String(describing: error))
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}

/// A database with a subscription cannot be dropped, and dropping the subscription in the usual way would contact its
/// publisher.
private func dropDatabase(_ name: String, over connection: Connection) async throws {
    try await withConnection(to: connection.target.database(name)) { inside in
        let subscriptions = try await inside.query(
            """
            SELECT s.subname FROM pg_catalog.pg_subscription s
            WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = $1)
            """, [name])
        for row in subscriptions {
            let subscription = quoteIdentifier(try row.need(at: 0))
            for action in [
                "ALTER SUBSCRIPTION \(subscription) DISABLE",
                "ALTER SUBSCRIPTION \(subscription) SET (slot_name = NONE)", "DROP SUBSCRIPTION \(subscription)",
            ] {
                _ = try await inside.query(action)
            }
        }
    }
    let force = try await connection.serverVersion >= 130_000 ? " WITH (FORCE)" : ""
    try await connection.execute("DROP DATABASE \(quoteIdentifier(name))\(force)")
}

/// Drops databases that killed drills left on an existing server: those with our kind of name and comment, and with
/// nobody connected. Then drops the roles that were created for databases that are gone.
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
        for name in names { try await dropDatabase(name, over: connection) }
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
