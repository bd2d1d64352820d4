import Postgres

/// Chooses the database of a recovered server that is checked: the wanted one, else the only one besides `postgres`.
/// - Parameter others: databases that do not hold the backup's own data.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
package func chooseDatabase(
    _ wanted: String?, over target: ConnectionTarget, besides others: Set<String> = ["postgres"]
) async throws -> String {
    let names = try await withConnection(to: target) { connection in
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
    let found = names.filter { !others.contains($0) }
    guard found.count <= 1 else { throw DatabaseChoice.several(found) }
    return found.first ?? "postgres"
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
