import Archive
import Backup
import Causes
import Findings
import Foundation
import PlanKeys
import Postgres
import Scratch
import SystemPackage

/// How the dumps of several databases are restored: on one scratch server, what belongs to the server as a whole before everything
/// else, then one database after the other.
extension DumpSet: RestorableFiles {
    package var estimatedDiskSpace: Int64 {
        guard !dumps.isEmpty else { return DumpBackup.diskSpace(forDumpOf: tree.bytes, isCompressed: isCompressed) }
        // Of what each is estimated to need, a hundred MiB are for the server.
        return 100 << 20 + dumps.reduce(0) { $0 + max(0, restorable($1.backup).estimatedDiskSpace - 100 << 20) }
    }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try choose(among: try await Installation.findAll(configured: setting.postgres), setting)
    }

    /// The newest of its dumps decides.
    private func choose(
        among installed: [Installation], _ setting: RestoreSetting
    ) throws(ScratchError) -> InstallationChoice {
        func version(_ text: String?) -> ServerVersion? { text.flatMap { ServerVersion(parsing: $0) } }
        let description = description
        return try InstallationChoice(
            serverVersion: version(description.serverVersion), dumpVersion: version(description.dumpVersion),
            among: installed, configured: setting.postgres)
    }

    package func restoration(in setting: RestoreSetting) -> String {
        "restore the roles and tablespaces that it has, then each database, one after the other, with \(counted(setting.jobs, "job"))"
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        let chosen = try chosen(setting.recovery)
        let whole = dumps.filter { chosen.contains($0.database) && !$0.isFlawed }
        if chosen.count > 1 { emit(.databases(chosen)) }
        let several = chosen.count > 1
        switch setting.server {
        case .existing:
            // Roles and tablespaces are the server's, which is not ours.
            if globals.map({ !$0.isEmpty }) ?? false { throw GlobalsNeedOwnServer(path: tree.path) }
            var results: [Result] = []
            for dump in whole {
                results += try await restorable(dump.backup).withRestored(in: setting, cleanup: cleanup, emit: emit) {
                    var restoring = $0
                    restoring.database = several ? dump.database : nil
                    restoring.nameAtSource = dump.database
                    return try await body(restoring)
                }
            }
            return results
        case .ownServer(let parent, let account):
            emit(.phase(.start))
            let installed = try await Installation.findAll(configured: setting.postgres)
            let choice = try choose(among: installed, setting)
            emit(.server("PostgreSQL \(choice.installation.version): \(choice.reason)"))
            let request = setting.scratchRequest(
                parent: parent, account: account, diskSpace: estimatedDiskSpace,
                dataSize: DumpBackup.dataSize(ofDumpOf: tree.bytes, isCompressed: isCompressed))
            return try await withScratchServer(request, of: choice.installation, cleanup: cleanup) { server in
                let environment = RestoredEnvironment(of: server, because: choice.reason)
                emit(.environment(environment))
                emit(.phase(.restore))
                let place = try await restoreGlobals(on: server, whole, emit)
                var results: [Result] = []
                for (index, dump) in whole.enumerated() {
                    if index > 0 {
                        emit(.phase(.restore))
                        try await server.forbidAutovacuum()
                    }
                    let restore = DatabaseRestore(
                        dump: dump, server: server, environment: environment, installed: installed, setting: setting,
                        place: place, properties: globals?.properties(of: dump.database) ?? [],
                        hasRoles: globals.map { !$0.roles.isEmpty } ?? false, isOneOfSeveral: several,
                        cleanup: cleanup, emit: emit)
                    results.append(try await restore.run(body))
                }
                emit(.phase(.teardown))
                return results
            }
        }
    }

    private var isCompressed: Bool { description.compression != "none" }

    /// The databases that are to be checked, by what the plan says, in their order here. Also those whose dump is damaged.
    /// - Throws: ``UnknownDatabase``.
    private func chosen(_ setting: RecoverySetting) throws(UnknownDatabase) -> [String] {
        let all = databases
        if let wanted = setting.database {
            guard all.contains(wanted) else { throw UnknownDatabase(wanted, among: all) }
            return [wanted]
        }
        guard let patterns = setting.databases else { return all }
        // A pattern that fits none is a mistake: nobody would notice what it misses.
        for pattern in patterns where !all.contains(where: pattern.fits) {
            throw UnknownDatabase(pattern.text, among: all)
        }
        return all.filter { patterns.meaning($0) != nil }
    }

    /// What the backup says of the server as a whole.
    /// - Returns: where databases are restored.
    private func restoreGlobals(
        on server: ScratchServer, _ dumps: [DatabaseDump], _ emit: RestoreEventSink
    ) async throws -> GlobalPlace {
        var place = GlobalPlace(
            superuser: server.user, sourceSuperuser: globals?.superuserByBirth,
            serverMajor: server.installation.version.major)
        for dump in dumps { place.databases[dump.database] = dump.nameOnServer }
        guard let globals, !globals.isEmpty else { return place }
        // Databases are not there yet.
        let statements = globals.statements.map(\.statement).filter { !$0.isOfOneDatabase }
        let run = GlobalsRun(on: place, statements, isNewerThanSource: isOlder(than: server))
        let (done, findings) = try await withConnection(to: server.maintenance) { [place] connection in
            var run = run
            try await run.run(statements, over: connection)
            let comparison = GlobalsComparison(globals: globals, place: place, judgements: run.judgements)
            var findings = try await comparison.findings(over: connection)
            // In our sessions they would steer the restore and the checks.
            if let disarmed = try await StoredSettings.disarm(over: connection) { findings.append(disarmed) }
            return (run, findings)
        }
        emit(.told(done.problems, findings))
        return place
    }

    private func isOlder(than server: ScratchServer) -> Bool {
        description.serverVersion.flatMap { ServerVersion(parsing: $0) }.map {
            server.installation.version.major > $0.major
        }
            ?? false
    }
}

/// The plan restores roles and tablespaces into a server that is not ours.
struct GlobalsNeedOwnServer: Mistake {
    let path: FilePath

    var description: String {
        """
        \(path) brings roles and tablespaces, which belong to a server as a whole: on a server that is there already they could change \
        those of others, and would stay. Leave \(PlanKey.scratchServer) out of the plan, or drill the dump of one database.
        """
    }
}

extension ServerGlobals {
    /// What they say of a database.
    fileprivate func properties(of database: String) -> [GlobalStatement] {
        statements.map(\.statement).filter { statement in
            switch statement {
            case .setting(let setting): setting.database == database
            case .databaseOwner(database, _): true
            default: false
            }
        }
    }
}

extension GlobalStatement {
    /// Whether it needs a database to be there.
    fileprivate var isOfOneDatabase: Bool {
        switch self {
        case .setting(let setting): setting.database != nil
        case .databaseOwner: true
        default: false
        }
    }
}

extension DatabaseDump {
    /// The server has databases of its own, in which our work on the server as a whole is done.
    var nameOnServer: String {
        ["postgres", "template0", "template1"].contains(database) ? "restored_\(database)" : database
    }
}
