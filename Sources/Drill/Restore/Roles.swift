import Postgres
import Synchronization

/// Roles that were created for a restore, in the order in which they were created.
final class RoleList: Sendable {
    private let storage = Mutex<[String]>([])

    var names: [String] { storage.withLock { $0 } }

    func append(_ name: String) { storage.withLock { $0.append(name) } }
}

/// Creates the roles that a dump names, so that owners and grants can be restored and checked. They cannot log in.
///
/// A dump never holds roles, so a missing one is not the backup's fault.
struct RoleMaker: Sendable {
    let connection: Connection
    let made: RoleList
    /// The database that the roles are created for.
    let database: String

    static func comment(for database: String) -> String { "pgassay: made for the database \(database)" }

    /// Names that no role can have (`IsReservedName` and `RoleSpec` of PostgreSQL). `PUBLIC` is written in quotes where pg_dump
    /// quotes all names, or names the user of a user mapping.
    private static func isReserved(_ name: String) -> Bool {
        name.isEmpty || name.hasPrefix("pg_") || ["public", "none"].contains(name)
    }

    /// Creates the roles that do not exist yet. Reserved names belong to the server itself and cannot be created.
    func make(_ names: some Sequence<String>) async throws {
        for name in Set(names).sorted() where !Self.isReserved(name) {
            let known = try await connection.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", [name])
            guard known.isEmpty else { continue }
            let role = quoteIdentifier(name)
            // If this drill is killed, `pgassay clean` recognises the role by this comment.
            try await connection.execute(
                "CREATE ROLE \(role) NOLOGIN; COMMENT ON ROLE \(role) IS \(quoteLiteral(Self.comment(for: database)))")
            made.append(name)
        }
    }
}
