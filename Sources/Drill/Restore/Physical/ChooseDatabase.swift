import Backup
import Files
import Physical
import PlanKeys
import Postgres
import SystemPackage

/// Chooses the database of a recovered server that is checked: the wanted one, which may be a template, else the only one besides
/// `postgres`.
/// - Parameters:
///   - others: databases that do not hold the backup's own data.
///   - key: where a plan names the database, for messages.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
package func chooseDatabase(
    _ wanted: String?, over target: ConnectionTarget, besides others: Set<String> = ["postgres"], key: PlanKey
) async throws -> String {
    let databases = try await withConnection(to: target) { connection in
        try await connection.query(
            """
            SELECT datname::text AS name, datistemplate AS template, datallowconn AS open FROM pg_catalog.pg_database
            ORDER BY datname
            """
        ).map {
            SharedCatalogue.Database(
                name: try $0.need("name", as: String.self), isTemplate: try $0.need("template", as: Bool.self),
                takesConnections: try $0.need("open", as: Bool.self))
        }
    }
    if let wanted {
        if let error = DatabaseChoice(of: wanted, among: databases, key) { throw error }
        return wanted
    }
    let found = databases.filter { $0.isOrdinary && !others.contains($0.name) }.map(\.name)
    guard found.count <= 1 else { throw DatabaseChoice.several(found, key) }
    return found.first ?? "postgres"
}

/// Why it is not clear which database of a server to check.
package enum DatabaseChoice: Error, Sendable, Equatable, CustomStringConvertible {
    case none(String, among: [String], PlanKey)
    case closed(String)
    case several([String], PlanKey)

    /// - Returns: nil if the wanted database can be checked.
    fileprivate init?(of wanted: String, among databases: [SharedCatalogue.Database], _ key: PlanKey) {
        guard let database = databases.first(where: { $0.name == wanted }) else {
            self = .none(wanted, among: databases.filter(\.isOrdinary).map(\.name), key)
            return
        }
        guard !database.takesConnections else { return nil }
        self = .closed(wanted)
    }

    package var description: String {
        switch self {
        case .none(let name, let names, let key):
            """
            The backup has no database \(name); it has \(names.joined(separator: ", ")). Correct \(key) of the plan, or --database.
            """
        case .closed(let name):
            """
            The database \(name) takes no connections (ALLOW_CONNECTIONS false), so it cannot be checked. Name another, or allow \
            connections at the source before the next backup.
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
        guard let databases = SharedCatalogue(in: tree)?.databases else { return nil }
        if let wanted = setting.database {
            guard setting.archive == nil, !databases.isEmpty,
                let choice = DatabaseChoice(of: wanted, among: databases, .recoveryDatabase)
            else { return nil }
            description = choice.description
        } else {
            let names = databases.filter { $0.isOrdinary && $0.name != "postgres" }.map(\.name)
            guard names.count > 1 else { return nil }
            description = DatabaseChoice.several(names, .recoveryDatabase).description
        }
    }
}
