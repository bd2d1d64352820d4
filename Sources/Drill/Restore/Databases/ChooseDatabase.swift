import Backup
import Files
import Physical
import PlanKeys
import Postgres
import SystemPackage

/// Where a plan says which databases are checked, for messages.
package struct DatabaseKeys: Sendable, Equatable {
    /// One of them.
    let one: PlanKey
    /// Several, each in the same drill.
    let several: PlanKey

    package static let recovery = DatabaseKeys(one: .recoveryDatabase, several: .recoveryDatabases)
    package static let snapshot = DatabaseKeys(one: .backupSnapshotDatabase, several: .backupSnapshotDatabases)
}

/// Chooses the database of a recovered server that is checked: the wanted one, which may be a template, else the only one besides
/// `postgres`.
/// - Parameter others: databases that do not hold the backup's own data.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
package func chooseDatabase(
    _ wanted: String?, over target: ConnectionTarget, besides others: Set<String> = ["postgres"], keys: DatabaseKeys
) async throws -> String {
    let databases = try await databases(over: target)
    if let wanted {
        if let error = DatabaseChoice(of: wanted, among: databases, keys) { throw error }
        return wanted
    }
    let found = databases.filter { $0.isOrdinary && !others.contains($0.name) }.map(\.name)
    guard found.count <= 1 else { throw DatabaseChoice.several(found, keys) }
    return found.first ?? "postgres"
}

/// Chooses the databases of a recovered server that are checked. A pattern means `postgres` only if somebody keeps data there, or if
/// there is no other.
/// - Parameter others: databases besides `postgres` that do not hold the backup's own data.
/// - Throws: ``DatabaseChoice``, `PostgresError`.
package func chooseDatabases(
    _ wanted: [DatabasePattern], over target: ConnectionTarget, besides others: Set<String> = [], keys: DatabaseKeys
) async throws -> ChosenDatabases {
    let databases = try await databases(over: target)
    let hasAnother = databases.contains { $0.isOrdinary && $0.name != "postgres" && !others.contains($0.name) }
    var others = others
    if hasAnother, try await !holdsData(target.database("postgres")) { others.insert("postgres") }
    return try ChosenDatabases(wanted, among: databases, besides: others, keys)
}

private func databases(over target: ConnectionTarget) async throws -> [SharedCatalogue.Database] {
    try await withConnection(to: target) { connection in
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
}

/// Whether somebody keeps data in a database: tables, materialized views or sequences that no extension brought, or large objects.
/// - Returns: also true where that cannot be seen; whoever checks it then learns why.
private func holdsData(_ target: ConnectionTarget) async throws -> Bool {
    do {
        return try await withConnection(to: target, settings: ["search_path": "pg_catalog"]) { connection in
            // From 16384 on (FirstNormalObjectId in transam.h), objects are somebody's own.
            try await connection.query(
                """
                SELECT EXISTS (SELECT FROM pg_largeobject_metadata) OR EXISTS (
                    SELECT FROM pg_class c
                    WHERE oid >= 16384 AND relkind IN ('r', 'p', 'm', 'S') AND relpersistence <> 't' AND NOT EXISTS (
                        SELECT FROM pg_depend
                        WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'))
                """)[0].need(at: 0, as: Bool.self)
        }
    } catch is PostgresError {
        return true
    }
}

/// Why it is not clear which database of a server to check.
package enum DatabaseChoice: Error, Sendable, Equatable, CustomStringConvertible {
    case none(String, among: [String], DatabaseKeys)
    case closed(String)
    case several([String], DatabaseKeys)

    /// - Returns: nil if the wanted database can be checked.
    init?(of wanted: String, among databases: [SharedCatalogue.Database], _ keys: DatabaseKeys) {
        guard let database = databases.first(where: { $0.name == wanted }) else {
            self = .none(wanted, among: databases.filter(\.isOrdinary).map(\.name), keys)
            return
        }
        guard !database.takesConnections else { return nil }
        self = .closed(wanted)
    }

    package var description: String {
        switch self {
        case .none(let name, let names, let keys):
            """
            The backup has no database \(name); it has \(names.joined(separator: ", ")). Correct \(keys.one) or \(keys.several) of the \
            plan, --database or --databases.
            """
        case .closed(let name):
            """
            The database \(name) takes no connections (ALLOW_CONNECTIONS false), so it cannot be checked. Name another, or allow \
            connections at the source before the next backup.
            """
        case .several(let names, let keys):
            """
            The backup has several databases: \(names.joined(separator: ", ")). Name one in \(keys.one) of the plan or with --database, \
            or check all of them in one drill: \(keys.several): all, or --all-databases.
            """
        }
    }
}

/// A data directory with several databases, of which a person must name one, or of which none has the name that was given: told
/// before it is copied.
package struct UnknownDatabase: Mistake {
    package let description: String

    /// Of dumps of several databases, none of which has the name, or a name that the pattern fits.
    init(_ wanted: String, among databases: [String]) {
        description = DatabaseChoice.none(wanted, among: databases, .recovery).description
    }

    /// Reads the files of the directory. Databases that were created or dropped in the log that follows are not seen, so a name
    /// is not doubted where there is more log than that of the backup.
    /// - Returns: nil where it is no data directory, where there is no choice, and where the files cannot be read.
    package init?(in tree: OpenTree, _ setting: RecoverySetting) {
        guard let databases = SharedCatalogue(in: tree)?.databases else { return nil }
        if let wanted = setting.databases {
            guard setting.archive == nil, !databases.isEmpty else { return nil }
            do throws(DatabaseChoice) {
                _ = try ChosenDatabases(wanted, among: databases, besides: [], .recovery)
                return nil
            } catch {
                description = error.description
            }
        } else if let wanted = setting.database {
            guard setting.archive == nil, !databases.isEmpty,
                let choice = DatabaseChoice(of: wanted, among: databases, .recovery)
            else { return nil }
            description = choice.description
        } else {
            let names = databases.filter { $0.isOrdinary && $0.name != "postgres" }.map(\.name)
            guard names.count > 1 else { return nil }
            description = DatabaseChoice.several(names, .recovery).description
        }
    }
}

/// The databases of a data directory that would be checked, as far as its files tell.
package struct ForeseenDatabases: Sendable {
    package let names: [String]
    /// Whether `postgres` would be checked too, if somebody keeps data there: that its files do not tell.
    package let isPostgresOpen: Bool

    /// - Returns: nil where one is checked, and where the files tell nothing.
    package init?(in tree: OpenTree, _ setting: RecoverySetting) {
        guard let wanted = setting.databases, let databases = SharedCatalogue(in: tree)?.databases,
            let chosen = try? ChosenDatabases(wanted, among: databases, besides: [], .recovery)
        else { return nil }
        let isNamed = wanted.contains { $0.isName && $0.text == "postgres" }
        isPostgresOpen = !isNamed && chosen.checked.contains("postgres") && chosen.checked.count > 1
        names = isPostgresOpen ? chosen.checked.filter { $0 != "postgres" } : chosen.checked
    }

    package var words: String {
        names.joined(separator: ", ") + (isPostgresOpen ? ", and postgres if somebody keeps data there" : "")
    }
}
