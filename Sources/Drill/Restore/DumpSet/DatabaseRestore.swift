import Archive
import Backup
import Causes
import Findings
import Postgres
import Scratch
import SystemPackage

/// The restore of one database of a set on the scratch server of all of them.
struct DatabaseRestore: Sendable {
    let dump: DatabaseDump
    let server: ScratchServer
    let environment: RestoredEnvironment
    let installed: [Installation]
    let setting: RestoreSetting
    let place: GlobalPlace
    /// What a script of `pg_dumpall` says of the database in front of all dumps, as those of PostgreSQL 10 and older do.
    let properties: [GlobalStatement]
    /// Whether the backup has the roles of its server.
    let hasRoles: Bool
    /// Whether other databases are checked too.
    let isOneOfSeveral: Bool
    let cleanup: CleanupLog
    let emit: RestoreEventSink

    private var nameOnServer: String { place.databases[dump.database] ?? dump.database }

    /// Restores it and runs `body`. What keeps this database from being restored, `body` learns by ``Restoring/restored``.
    /// - Throws: what `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable (Restoring) async throws -> Result) async throws -> Result {
        switch dump.backup {
        case let dump as DumpBackup: return try await run(dump, body)
        case let wrapped as WrappedDump:
            return try await setting.withUnpackingPlace(diskSpace: wrapped.wrapper.estimatedSize, cleanup: cleanup) {
                workspace in
                emit(.phase(.unpack))
                let unpacked: DumpBackup
                do {
                    unpacked = try wrapped.unpack(in: workspace, limit: setting.diskSpace, emit: emit)
                } catch {
                    return try await body(failing(error))
                }
                emit(.phase(.restore))
                return try await run(unpacked, body)
            }
        default: preconditionFailure("a set has dumps, and \(type(of: dump.backup)) is none")
        }
    }

    private func run<Result: Sendable>(
        _ backup: DumpBackup, _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result {
        let database: EmptyDatabase
        do {
            database = try await emptyDatabase(for: backup)
        } catch {
            return try await body(failing(error))
        }
        let properties = backup.properties + properties
        return try await backup.withRestored(
            into: database, among: installed, in: setting, cleanup: cleanup, emit: emit,
            finish: { try await finish($0, database, backup, properties) },
            { try await body(named($0)) })
    }

    private func emptyDatabase(for backup: DumpBackup) async throws -> EmptyDatabase {
        let name = nameOnServer
        let (sortsDifferently, problem) = try await server.createDatabase(
            name, definition: backup.dump.databaseDefinition, encoding: backup.dump.databaseEncoding)
        return EmptyDatabase(
            target: server.target(database: name), serverVersion: server.installation.version,
            installation: server.installation, fence: server.fence, login: nil, log: server.log,
            environment: environment, kept: setting.keep ? KeptServer(of: server, database: name) : nil,
            sortsDifferently: sortsDifferently, problem: problem, endRestore: { try await server.allowAutovacuum() },
            rolesMade: RoleList(), yieldProcessor: { try await server.yieldProcessor(of: $0) })
    }

    /// What is done when everything in the database is restored: what the backup keeps for the database as a whole.
    private func finish(
        _ restored: Restored, _ database: EmptyDatabase, _ backup: DumpBackup, _ properties: [GlobalStatement]
    ) async throws -> Restored {
        var restored = restored
        restored.asOf = backup.description.created
        if !properties.isEmpty {
            let (done, findings) = try await restoreProperties(properties, database)
            restored.problems += done.problems
            restored.findings += findings
        }
        if hasRoles { restored.findings += rolesNotInBackup(among: database.rolesMade.names) }
        return restored
    }

    private func restoreProperties(
        _ properties: [GlobalStatement], _ database: EmptyDatabase
    ) async throws -> (GlobalsRun, [Finding]) {
        let settings = properties.compactMap { if case .setting(let setting) = $0 { setting } else { nil } }
        let run = GlobalsRun(on: place, properties, isNewerThanSource: false)
        return try await withConnection(to: server.maintenance) { connection in
            let roles = RoleMaker(connection: connection, made: database.rolesMade, database: nameOnServer)
            try await roles.make(properties.compactMap(\.role))
            var run = run
            // One transaction: other sessions see the settings only after those are removed that would change what the checks see.
            try await connection.execute("BEGIN")
            try await run.run(properties, over: connection, withinTransaction: true)
            var findings = try await GlobalsComparison.settings(settings, place, run.judgements, over: connection)
            if let disarmed = try await StoredSettings.disarm(over: connection) { findings.append(disarmed) }
            try await connection.execute("COMMIT")
            return (run, findings)
        }
    }

    /// Roles that the dump names, and that are not among those of its server.
    private func rolesNotInBackup(among made: [String]) -> [Finding] {
        guard !made.isEmpty else { return [] }
        var finding = Finding(
            id: .globals, subject: "roles", status: .passed, basis: .archive,
            expected: "every role that the dump names", observed: "not in the backup: \(firstOf(made, atMost: 20))",
            reason: """
                the dump names these roles, but the roles of the backup do not include them: they were created or dropped between \
                the two, or the roles are of another server. A recovery needs these roles. For this drill, pgassay created them
                """)
        finding.hazard = true
        return [finding]
    }

    private func named(_ restoring: Restoring) -> Restoring { restoring.of(dump, isOneOfSeveral: isOneOfSeveral) }

    private func failing(_ error: any Error) -> Restoring {
        named(
            Restoring(
                target: server.maintenance, serverVersion: server.installation.version, early: nil,
                restored: { throw error }))
    }
}

extension Restoring {
    /// The same, with the names of a database.
    func of(_ dump: DatabaseDump, isOneOfSeveral: Bool) -> Restoring {
        var restoring = self
        restoring.database = isOneOfSeveral ? dump.database : nil
        restoring.nameAtSource = dump.database
        return restoring
    }
}

extension GlobalStatement {
    /// The role that it needs.
    fileprivate var role: String? {
        switch self {
        case .setting(let setting): setting.role
        case .databaseOwner(_, let owner): owner
        default: nil
        }
    }
}

extension ServerGlobals {
    /// What they say of a database.
    func properties(of database: String) -> [GlobalStatement] {
        statements.map(\.statement).filter { statement in
            switch statement {
            case .setting(let setting): setting.database == database
            case .databaseOwner(database, _): true
            default: false
            }
        }
    }
}
