import Backup
import Files
import Physical
import PlanKeys
import Postgres
import SystemPackage

/// Chooses the database of a recovered server that is checked: the wanted one, else the only one besides `postgres`.
/// - Parameters:
///   - others: databases that do not hold the backup's own data.
///   - key: where a plan names the database, for messages.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
package func chooseDatabase(
    _ wanted: String?, over target: ConnectionTarget, besides others: Set<String> = ["postgres"], key: PlanKey
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
        guard names.contains(wanted) else { throw DatabaseChoice.none(wanted, among: names, key) }
        return wanted
    }
    let found = names.filter { !others.contains($0) }
    guard found.count <= 1 else { throw DatabaseChoice.several(found, key) }
    return found.first ?? "postgres"
}

/// Why it is not clear which database of a server to check.
package enum DatabaseChoice: Error, Sendable, Equatable, CustomStringConvertible {
    case none(String, among: [String], PlanKey)
    case several([String], PlanKey)

    package var description: String {
        switch self {
        case .none(let name, let names, let key):
            """
            The backup has no database \(name) that takes connections and is no template; it has \
            \(names.joined(separator: ", ")). Correct \(key) of the plan, or --database.
            """
        case .several(let names, let key):
            """
            The backup has several databases, and a drill checks one: \(names.joined(separator: ", ")). Name it in \
            \(key) of the plan or with --database.
            """
        }
    }
}

/// A data directory with several databases, of which a person must name one, or of which none has the name that was given: told
/// before it is copied.
package struct UnknownDatabase: Mistake {
    package let description: String

    /// Reads the files of the directory. Databases that were created or dropped in the log that follows are not seen, so a name
    /// is not doubted where there is more log than that of the backup.
    /// - Returns: nil where it is no data directory, where there is no choice, and where the files cannot be read.
    package init?(in tree: OpenTree, _ setting: RecoverySetting) {
        guard let names = SharedCatalogue(in: tree)?.databases else { return nil }
        if let wanted = setting.database {
            guard setting.archive == nil, !names.isEmpty, !names.contains(wanted) else { return nil }
            description = DatabaseChoice.none(wanted, among: names, .recoveryDatabase).description
        } else {
            let names = names.filter { $0 != "postgres" }
            guard names.count > 1 else { return nil }
            description = DatabaseChoice.several(names, .recoveryDatabase).description
        }
    }
}
