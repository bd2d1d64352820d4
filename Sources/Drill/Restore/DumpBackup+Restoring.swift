import Archive
import Backup
import Causes
import Compression
import Findings
import Foundation
import PlanKeys
import Postgres
import Scratch
import SystemPackage

/// How a dump is restored: an archive by pg_restore, a script statement by statement.
extension DumpBackup: RestorableFiles {
    /// The restored database is larger than its dump. Measured on the AVA OLO sample at scale 1: 8.9 times a gzip
    /// archive and 1.6 times its plain text, indexes included; the factors are rounded up. As much again is added for
    /// WAL, but at most the 2 GiB that the server keeps, and 100 MiB for an empty server.
    package var estimatedDiskSpace: Int64 {
        Self.diskSpace(forDumpOf: dump.bytes, isCompressed: dump.isCompressed)
    }

    static func diskSpace(forDumpOf bytes: Int64, isCompressed: Bool) -> Int64 {
        let data = dataSize(ofDumpOf: bytes, isCompressed: isCompressed)
        return data + min(data, 2 << 30) + 100 << 20
    }

    static func dataSize(ofDumpOf bytes: Int64, isCompressed: Bool) -> Int64 {
        bytes * (isCompressed ? 10 : 2)
    }

    var serverVersion: ServerVersion? { description.serverVersion.flatMap { ServerVersion(parsing: $0) } }
    var dumpVersion: ServerVersion? { description.dumpVersion.flatMap { ServerVersion(parsing: $0) } }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        emit(.phase(.start))
        let installed = try await Installation.findAll(configured: setting.postgres)
        let choice = try choose(among: installed, setting)
        emit(.server("PostgreSQL \(choice.installation.version): \(choice.reason)"))
        return try await withEmptyDatabase(in: setting, choice: choice, cleanup: cleanup) { database in
            emit(.environment(database.environment))
            emit(.phase(.restore))
            let result = try await withRestored(
                into: database, among: installed, in: setting, cleanup: cleanup, emit: emit, finish: { $0 }, body)
            emit(.phase(.teardown))
            return [result]
        }
    }

    /// Restores it into an empty database, and runs `body` meanwhile.
    /// - Parameter finish: adds to what was restored, before the checks look at all of it.
    func withRestored<Result: Sendable>(
        into database: EmptyDatabase, among installed: [Installation], in setting: RestoreSetting, cleanup: CleanupLog,
        emit: @escaping RestoreEventSink, finish: @escaping @Sendable (Restored) async throws -> Restored,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result {
        let early = earlyView(of: database)
        let restoration = Task {
            defer { early?.progress.end() }
            var restored = try await restore(into: database, setting: setting, progress: early?.progress, emit: emit)
            restored.structure = StructureDump(
                of: database, among: installed, serverVersion: serverVersion, dumpVersion: dumpVersion,
                label: setting.label, cleanup: cleanup)
            return try await finish(restored)
        }
        return try await withTaskCancellationHandler {
            let restoring = Restoring(
                target: database.target, serverVersion: database.serverVersion, early: early,
                restored: { try await restoration.value })
            do {
                let result = try await body(restoring)
                _ = await restoration.result
                return result
            } catch {
                restoration.cancel()
                _ = await restoration.result
                throw error
            }
        } onCancel: {
            restoration.cancel()
        }
    }

    /// An archive says what will be restored, and pg_restore what was restored so far. Only on a server behind the
    /// fence: on an existing server, nothing would give the restore priority over the checks.
    private func earlyView(of database: EmptyDatabase) -> EarlyView? {
        guard let contents = dump.contents, let yieldProcessor = database.yieldProcessor else { return nil }
        return EarlyView(
            contents: BackupContents(contents, data: data), progress: RestoreProgress(contents),
            yieldProcessor: yieldProcessor)
    }

    package func restoration(in setting: RestoreSetting) -> String { "restore with \(counted(setting.jobs, "job"))" }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try choose(among: try await Installation.findAll(configured: setting.postgres), setting)
    }

    private func choose(
        among installed: [Installation], _ setting: RestoreSetting
    ) throws(ScratchError) -> InstallationChoice {
        try InstallationChoice(
            serverVersion: serverVersion, dumpVersion: dumpVersion, among: installed, configured: setting.postgres)
    }

    private func restore(
        into database: EmptyDatabase, setting: RestoreSetting, progress: RestoreProgress?,
        emit: @escaping RestoreEventSink
    ) async throws -> Restored {
        try await withConnection(to: database.target) { connection in
            let roles = RoleMaker(
                connection: connection, made: database.rolesMade, database: database.target.database ?? "")
            // Before the rows that name them: a COPY that fails at its last row has loaded none.
            try await roles.make(reading?.roles ?? [])
            let outcome =
                if let contents = dump.contents {
                    try await restoreArchive(
                        contents, into: database, roles: roles, setting: setting, progress: progress, emit: emit)
                } else {
                    try await restorePlain(into: database, roles: roles, setting: setting, emit: emit)
                }
            var problems = [database.problem].compactMap { $0 } + outcome.problems
            do {
                try await database.endRestore()
            } catch let error as PostgresError {
                // The errors of the restore must be reported even if the backup has locked us out of the server.
                problems.append(
                    RestoreProblem(
                        subject: "the server", sqlState: error.sqlState?.rawValue,
                        message: "autovacuum could not be switched on again",
                        rule: cause(of: .lockedOut, while: .restoring)))
            }
            problems += panic(of: database)
            var contents = outcome.contents
            contents.data = data
            contents.structure = dump.contents.map(DumpStructure.init) ?? reading?.structure
            // That it has no tables is told once, and not for each sequence or each of their parts.
            switch contents.partAlone {
            case .data?: contents.sequences = []
            case .parts? where !problems.isEmpty: (contents.objects, contents.structure) = ([], nil)
            case .parts?, nil: break
            }
            return Restored(
                target: database.target, serverVersion: database.serverVersion, recoveredUpTo: nil, asOf: nil,
                contents: contents, problems: problems, findings: told, kept: database.kept)
        }
    }

    /// The reason why the server panicked; its clients only learn "server closed the connection".
    private func panic(of database: EmptyDatabase) -> [RestoreProblem] {
        guard let panic = database.log?.panic else { return [] }
        var rules = rules(for: database)
        return rules.judge([RawProblem(sqlState: panic.sqlState, message: panic.message)]) { _ in "the server" }
    }

    private func withEmptyDatabase<Result: Sendable>(
        in setting: RestoreSetting, choice: InstallationChoice, cleanup: CleanupLog,
        _ body: @escaping @Sendable (EmptyDatabase) async throws -> Result
    ) async throws -> Result {
        switch setting.server {
        case .existing(let target, let fencedOff):
            return try await withDatabase(
                on: target, fencedOff: fencedOff, encoding: dump.databaseEncoding,
                needed: serverVersion, installation: choice.installation,
                fence: try await ClientFence(for: self, isolation: setting.isolation), cleanup: cleanup,
                label: setting.label, body
            )
        case .ownServer(let parent, let account):
            let request = setting.scratchRequest(
                parent: parent, account: account, diskSpace: estimatedDiskSpace,
                dataSize: Self.dataSize(ofDumpOf: dump.bytes, isCompressed: dump.isCompressed),
                objects: dump.contents?.entries.count)
            return try await withScratchServer(request, of: choice.installation, cleanup: cleanup) { server in
                let (sortsDifferently, problem) = try await server.createDatabase(
                    definition: dump.databaseDefinition, encoding: dump.databaseEncoding)
                let target = server.target(database: ScratchServer.databaseName)
                let database = EmptyDatabase(
                    target: target, serverVersion: server.installation.version, installation: server.installation,
                    fence: server.fence, login: nil, log: server.log,
                    environment: RestoredEnvironment(of: server, because: choice.reason),
                    kept: setting.keep ? KeptServer(of: server, database: ScratchServer.databaseName) : nil,
                    sortsDifferently: sortsDifferently,
                    problem: problem,
                    endRestore: { try await server.allowAutovacuum() }, rolesMade: RoleList(),
                    yieldProcessor: { try await server.yieldProcessor(of: $0) })
                return try await body(database)
            }
        }
    }
}

extension KeptServer {
    init(of server: ScratchServer, database: String) {
        let psql = server.installation.program("psql")
        let socket = server.directory.socket
        self.init(
            connect:
                "\(psql) --host=\(socket) --username=\(Self.word(server.user)) --dbname=\(Self.word(Self.argument(database)))",
            remove: "pgassay clean \(server.directory.path)")
    }

    /// psql takes a name with an equals sign in it, and one that begins as a URI, for a connection string.
    private static func argument(_ database: String) -> String {
        guard database.contains("=") || database.contains("://") else { return database }
        return "dbname='\(database.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }

    /// One word for a shell, whatever a database is called.
    private static func word(_ name: String) -> String {
        name.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil ? name : "'\(name.replacing("'", with: "'\\''"))'"
    }
}
