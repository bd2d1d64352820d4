import Postgres
import Synchronization

/// Roles that were made for a restore, in the order in which they were made.
final class RoleList: Sendable {
    private let storage = Mutex<[String]>([])

    var names: [String] { storage.withLock { $0 } }

    func append(_ name: String) { storage.withLock { $0.append(name) } }
}

/// Makes the roles that a dump names, so that owners and grants can be restored and looked at. They cannot log in.
///
/// A dump never holds roles, so a missing one is no fault of the backup.
struct RoleMaker: Sendable {
    let connection: Connection
    let made: RoleList
    /// The database that they are made for.
    let database: String

    static func comment(for database: String) -> String { "pgassay: made for the database \(database)" }

    /// Makes those of the roles that are not there yet. `pg_…` names are the server's own and cannot be made.
    func make(_ names: some Sequence<String>) async throws {
        for name in Set(names).sorted() where !name.hasPrefix("pg_") && !name.isEmpty {
            let known = try await connection.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", [name])
            guard known.isEmpty else { continue }
            let role = quoteIdentifier(name)
            // The comment is what `pgassay clean` knows the role by, if this drill is killed.
            try await connection.execute(
                "CREATE ROLE \(role) NOLOGIN; COMMENT ON ROLE \(role) IS \(quoteLiteral(Self.comment(for: database)))")
            made.append(name)
        }
    }
}
