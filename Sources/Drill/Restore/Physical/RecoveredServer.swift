import Backup
import Causes
import Findings
import Foundation
import Physical
import Postgres
import Scratch

/// A server that has recovered, before anybody looks at one of its databases.
struct RecoveredServer: Sendable {
    let server: ScratchServer
    /// Flaws of files, and of the log.
    let flaws: [FileFlaw]
    /// Time of the last commit that was replayed; nil if none was.
    let recoveredUpTo: Date?
    let asOf: Date?
    let contents: BackupContents
    /// About the server as a whole.
    let findings: [Finding]
    /// The names of its databases by their OIDs; empty where no flaw is about a file of one.
    var databaseNames: [UInt32: String] = [:]

    /// Flaws of files of one of several databases.
    /// - Parameter database: nil where one is checked, to which all flaws are told.
    func flaws(in database: String?) -> [FileFlaw] {
        guard let database else { return flaws }
        return flaws.filter { name(ofDatabase: $0) == database }
    }

    /// The name of the database that a damaged file belongs to; nil if it belongs to none, or to one that is not there any more.
    private func name(ofDatabase flaw: FileFlaw) -> String? { flaw.database.flatMap { databaseNames[$0] } }

    /// Runs `body` for each database that is to be checked.
    func check<Result: Sendable>(
        _ setting: RestoreSetting, emit: RestoreEventSink, _ body: (Restoring) async throws -> Result
    ) async throws -> [Result] {
        guard let patterns = setting.recovery.databases else {
            let database = try await chooseDatabase(
                setting.recovery.database, over: server.maintenance, keys: .recovery)
            try await server.allowAutovacuum()
            return try await databases(areSeveral: false, setting).checkOne(database, emit: emit, body)
        }
        let chosen = try await chooseDatabases(patterns, over: server.maintenance, keys: .recovery)
        try await server.allowAutovacuum()
        emit(.told(try await problems(besides: chosen.checked), findings))
        return try await databases(areSeveral: true, setting).check(
            chosen, at: server.target(database:), server.installation.version, emit: emit, body)
    }

    private func databases(areSeveral: Bool, _ setting: RestoreSetting) -> DatabaseServer {
        DatabaseServer(maintenance: server.maintenance, patience: setting.startDeadline) { database in
            let target = server.target(database: database)
            let flaws = flaws(in: areSeveral ? database : nil)
            var restored = Restored(
                target: target, serverVersion: server.installation.version, recoveredUpTo: recoveredUpTo, asOf: asOf,
                contents: contents, problems: problems(flaws, try await relationNames(of: flaws, over: target)),
                findings: areSeveral ? [] : findings,
                kept: setting.keep ? KeptServer(of: server, database: database) : nil)
            restored.dataDirectory = server.data
            return restored
        }
    }

    /// With the names of its databases, where they are needed.
    func namingDatabases() async throws -> RecoveredServer {
        guard flaws.contains(where: { $0.database != nil }) else { return self }
        var named = self
        named.databaseNames = try await withConnection(to: server.maintenance) { connection in
            Dictionary(
                try await connection.query("SELECT oid::int8 AS oid, datname::text AS name FROM pg_database").map {
                    (UInt32(try $0.need("oid", as: Int64.self)), try $0.need("name", as: String.self))
                }, uniquingKeysWith: { $1 })
        }
        return named
    }

    /// Problems that are told with none of the checked databases: of the log, of tables that all databases share, and of other
    /// databases.
    func problems(besides checked: [String]) async throws -> [RestoreProblem] {
        let others = flaws.filter { flaw in name(ofDatabase: flaw).map { !checked.contains($0) } ?? true }
        let names = try await relationNames(of: others, over: server.maintenance)
        return zip(others, problems(others, names)).map { flaw, problem in
            var problem = problem
            problem.database = name(ofDatabase: flaw)
            return problem
        }
    }

    private func problems(_ flaws: [FileFlaw], _ names: [String: String]) -> [RestoreProblem] {
        flaws.map { flaw in
            RestoreProblem(
                subject: names[flaw.path].map { "\($0) (\(flaw.path))" } ?? flaw.path, message: flaw.problem,
                rule: cause(of: .archiveIncomplete))
        }
    }

    /// The names of the relations that the damaged files belong to, if they are in this database.
    private func relationNames(of flaws: [FileFlaw], over target: ConnectionTarget) async throws -> [String: String] {
        guard !flaws.isEmpty else { return [:] }
        return try await withConnection(to: target) { connection in
            let own = try await connection.query(
                "SELECT oid::int8 AS oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()")[0]
                .need("oid", as: Int64.self)
            var names: [String: String] = [:]
            for flaw in flaws {
                guard let relation = flaw.relation, relation.database == 0 || Int64(relation.database) == own else {
                    continue
                }
                let tablespace = relation.database == 0 ? 1664 : Int64(relation.tablespace)
                let row = try await connection.query(
                    "SELECT pg_catalog.pg_filenode_relation(\(tablespace), \(relation.node))::regclass::text AS name")[
                        0]
                names[flaw.path] = try row.get("name", as: String.self)
            }
            return names
        }
    }
}
