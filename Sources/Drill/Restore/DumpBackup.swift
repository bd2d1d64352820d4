import Archive
import Causes
import Compression
import Findings
import Foundation
import PlanKeys
import Postgres
import Scratch
import SystemPackage

/// A backup made by pg_dump, in any of its formats.
package struct DumpBackup: FileBackup {
    let dump: Dump
    let clock: BackupClock

    package static func recognise(_ path: FilePath, clock: BackupClock) throws -> DumpBackup? {
        let dump = try Dump.open(path)
        if dump.plainHeader?.isCluster == true { throw UnsupportedBackup.clusterDump(path) }
        return DumpBackup(dump: dump, clock: clock)
    }

    package var description: BackupDescription {
        let header = dump.contents?.header
        let created = creation
        return BackupDescription(
            kind: "dump", format: dump.format.rawValue, compression: dump.compression.rawValue, bytes: dump.bytes,
            created: created.date, createdBasis: created.basis,
            serverVersion: header?.serverVersion ?? dump.plainHeader?.serverVersion,
            dumpVersion: header?.dumpVersion ?? dump.plainHeader?.dumpVersion,
            database: header?.databaseName ?? dump.plainHeader?.databaseName)
    }

    /// An archive says when it was begun, by the clock on the wall of the machine that dumped; a plain dump says
    /// nothing, so the file's own time must do.
    private var creation: (date: Date?, basis: String) {
        if let local = dump.contents?.header.created, let date = local.date(in: clock.timeZone) {
            return (date, "archive header, read in \(clock.name)")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: dump.path.string)
        return (attributes?[.modificationDate] as? Date, "modification time of the file")
    }

    /// The restored database is larger than its dump: measured on the AVA OLO sample at scale 1, 8.9 times a gzip archive
    /// and 1.6 times its plain text, indexes included. Rounded up; with as much again for WAL, of which the server keeps
    /// 2 GiB, and with an empty server.
    package var estimatedDiskSpace: Int64 {
        let data = dump.bytes * (dump.compression == .none ? 2 : 10)
        return data + min(data, 2 << 30) + 100 << 20
    }

    var serverVersion: ServerVersion? { description.serverVersion.flatMap { ServerVersion(parsing: $0) } }
    var dumpVersion: ServerVersion? { description.dumpVersion.flatMap { ServerVersion(parsing: $0) } }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result {
        emit(.phase("start"))
        let installed = try await Installation.findAll(configured: setting.postgres)
        let choice = try choose(among: installed, setting)
        emit(.server("PostgreSQL \(choice.installation.version): \(choice.reason)"))
        return try await withEmptyDatabase(in: setting, choice: choice, cleanup: cleanup) { database in
            emit(.environment(database.environment))
            emit(.phase("restore"))
            let early = earlyView(of: database)
            let restoration = Task {
                defer { early?.progress.end() }
                return try await restore(
                    into: database, installed: installed, setting: setting, progress: early?.progress, emit: emit)
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
    }

    /// An archive says what will come, and pg_restore what has come. Behind the fence only: on a server of somebody
    /// else's nothing lets the restore go first.
    private func earlyView(of database: EmptyDatabase) -> EarlyView? {
        guard let contents = dump.contents, let yieldProcessor = database.yieldProcessor else { return nil }
        return EarlyView(
            contents: BackupContents(contents), progress: RestoreProgress(contents), yieldProcessor: yieldProcessor)
    }

    package func words(for setting: RestoreSetting) -> (inspect: String, restore: String) {
        (
            "read its table of contents and look for what is cut off",
            "restore with \(counted(setting.jobs, "job"))"
        )
    }

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
        into database: EmptyDatabase, installed: [Installation], setting: RestoreSetting,
        progress: RestoreProgress?, emit: @escaping RestoreEventSink
    ) async throws -> Restored {
        try await withConnection(to: database.target) { connection in
            let roles = RoleMaker(
                connection: connection, made: database.rolesMade, database: database.target.database ?? "")
            let outcome =
                if let contents = dump.contents {
                    try await restoreArchive(
                        contents, into: database, roles: roles, setting: setting, progress: progress, emit: emit)
                } else {
                    try await restorePlain(
                        into: database, installed: installed, roles: roles, setting: setting, emit: emit)
                }
            var problems = [database.problem].compactMap { $0 } + outcome.problems
            do {
                try await database.endRestore()
            } catch let error as PostgresError {
                // What the restore said must not be lost because the backup locked us out of the server.
                problems.append(
                    RestoreProblem(
                        subject: "the server", sqlState: error.sqlState?.rawValue, message: "autovacuum stayed off",
                        rule: cause(of: .lockedOut, while: .restoring)))
            }
            problems += panic(of: database)
            return Restored(
                target: database.target, serverVersion: database.serverVersion, recoveredUpTo: nil, asOf: nil,
                contents: outcome.contents, problems: problems, findings: [], kept: database.kept)
        }
    }

    /// Why the server gave up everything, which those connected to it only learn as "server closed the connection".
    private func panic(of database: EmptyDatabase) -> [RestoreProblem] {
        guard let panic = database.log?.panic else { return [] }
        var rules = rules(for: database)
        return rules.judge([RawProblem(sqlState: panic.sqlState, message: panic.message)]) { _ in "the server" }
    }

    private func withEmptyDatabase<Result: Sendable>(
        in setting: RestoreSetting, choice: InstallationChoice, cleanup: CleanupLog,
        _ body: @escaping @Sendable (EmptyDatabase) async throws -> Result
    ) async throws -> Result {
        let definition = dump.contents?.entries.first { $0.kind == "DATABASE" }?.definition
        switch setting.server {
        case .existing(let target, let fencedOff):
            return try await withDatabase(
                on: target, fencedOff: fencedOff, encoding: dump.contents?.encoding ?? dump.plainHeader?.clientEncoding,
                needed: serverVersion, installation: choice.installation, cleanup: cleanup, label: setting.label, body)
        case .ownServer(let parent, let account):
            let request = setting.scratchRequest(parent: parent, account: account, diskSpace: estimatedDiskSpace)
            return try await withScratchServer(request, of: choice.installation, cleanup: cleanup) { server in
                let (sortsDifferently, problem) = try await server.createDatabase(
                    definition: definition, encoding: dump.contents?.encoding ?? dump.plainHeader?.clientEncoding)
                let target = server.target(database: ScratchServer.databaseName)
                let database = EmptyDatabase(
                    target: target, serverVersion: server.installation.version, installation: server.installation,
                    fence: server.fence, log: server.log,
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

/// Backups that PostgreSQL can make and pgassay cannot drill.
package enum UnsupportedBackup: Error, Equatable, CustomStringConvertible {
    case clusterDump(FilePath)
    case needsOwnServer(FilePath)
    case incrementalInTar(FilePath)
    case serverRuns(FilePath, process: Int32)
    case noLogArchive(FilePath)

    package var description: String {
        switch self {
        case .incrementalInTar(let path):
            """
            \(path) is an incremental backup in tar files, which pg_combinebackup does not read. Unpack it (tar -xf), and \
            those that it builds on, into directories beside each other, and drill the last one.
            """
        case .serverRuns(let path, let process):
            """
            A server is running on \(path) (process \(process)), and copying its files one after the other gives no backup. \
            Drill a base backup of it (pg_basebackup), or a snapshot of the file system.
            """
        case .noLogArchive(let path):
            "There is no directory \(path) with archived WAL, or it cannot be read. Correct --wal, or \(PlanKey.recoveryWal) of the plan."
        case .needsOwnServer(let path):
            """
            \(path) holds the files of a whole server, which cannot be restored into a server that is there. Leave \
            \(PlanKey.scratchServer) out of the plan.
            """
        case .clusterDump(let path):
            """
            \(path) was made by pg_dumpall and holds a whole server. Drill the dump of one database: \
            pg_dump -Fc DATABASE.
            """
        }
    }
}

extension KeptServer {
    init(of server: ScratchServer, database: String) {
        let psql = server.installation.program("psql")
        let socket = server.directory.socket
        self.init(
            connect: "\(psql) --host=\(socket) --username=\(server.user) --dbname=\(database)",
            remove: "pgassay clean \(server.directory.path)")
    }
}
