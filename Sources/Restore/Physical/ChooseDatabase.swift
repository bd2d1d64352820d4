import Postgres
import Scratch

/// The database of a recovered server that is checked: the one that is wanted, else the only one besides `postgres`.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
func chooseDatabase(_ wanted: String?, on server: ScratchServer) async throws -> String {
    let names = try await withConnection(to: server.target(database: "postgres")) { connection in
        try await connection.query(
            """
            SELECT datname::text AS name FROM pg_catalog.pg_database
            WHERE datallowconn AND NOT datistemplate ORDER BY datname
            """
        ).map { try $0.need("name", as: String.self) }
    }
    if let wanted {
        guard names.contains(wanted) else { throw DatabaseChoice.none(wanted, among: names) }
        return wanted
    }
    let others = names.filter { $0 != "postgres" }
    guard others.count <= 1 else { throw DatabaseChoice.several(others) }
    return others.first ?? "postgres"
}

/// Why it is not clear which database of a server to check.
package enum DatabaseChoice: Error, Sendable, Equatable, CustomStringConvertible {
    case none(String, among: [String])
    case several([String])

    package var description: String {
        switch self {
        case .none(let name, let names):
            "The backup has no database \(name); it has \(names.joined(separator: ", ")). Correct backup.database of the plan."
        case .several(let names):
            """
            The backup has several databases, and a drill checks one: \(names.joined(separator: ", ")). Name it in \
            backup.database of the plan or with --database.
            """
        }
    }
}
