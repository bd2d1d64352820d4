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
        let (chosen, missing) = try chosen(setting.recovery)
        let whole = dumps.filter { chosen.contains($0.database) && !$0.isFlawed }
        let several = chosen.count + missing.count > 1
        if several { emit(.databases(chosen)) }
        if !missing.isEmpty { emit(.told([], missing.map(Finding.init(withoutDump:)))) }
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
            var request = setting.scratchRequest(
                parent: parent, account: account, diskSpace: estimatedDiskSpace,
                dataSize: DumpBackup.dataSize(ofDumpOf: tree.bytes, isCompressed: isCompressed))
            // Memberships that it granted can be granted by no other superuser.
            if let superuser = globals?.superuserByBirth { request.superuser = superuser }
            return try await withScratchServer(request, of: choice.installation, cleanup: cleanup) { server in
                let environment = RestoredEnvironment(of: server, because: choice.reason)
                emit(.environment(environment))
                emit(.phase(.restore))
                let place = try await restoreGlobals(on: server, whole, emit)
                var results: [Result] = []
                for (index, dump) in whole.enumerated() {
                    if index > 0 {
                        emit(.phase(.restore))
                        guard try await isReady(server, setting) else {
                            let last = whole[index - 1].database
                            emit(
                                .told([], whole[index...].map { Finding(notAsked: $0.database, serverGoneAfter: last) })
                            )
                            break
                        }
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

    /// Whether the server takes the next database, also if a crash has made it start again.
    private func isReady(_ server: ScratchServer, _ setting: RestoreSetting) async throws -> Bool {
        guard await takesConnections(server.maintenance, patience: setting.startDeadline) else {
            try Task.checkCancellation()
            return false
        }
        try await server.forbidAutovacuum()
        return true
    }

    /// The databases that are to be checked, by what the plan says, in their order here. Also those whose dump is damaged.
    /// - Returns: also the databases that the plan names, and of which no dump is here.
    /// - Throws: ``UnknownDatabase`` where nothing of it is here.
    package func chosen(
        _ setting: RecoverySetting
    ) throws(UnknownDatabase) -> (databases: [String], missing: [String]) {
        let all = databases
        // A database that every server has is checked by its name alone.
        let named = all + dumps.filter(\.isPassedOver).map(\.database)
        // A script's databases are known once it was read.
        guard !all.isEmpty else { return ([], []) }
        if let wanted = setting.database {
            guard named.contains(wanted) else { throw UnknownDatabase(wanted, among: all) }
            return ([wanted], [])
        }
        guard let patterns = setting.databases else { return (all, []) }
        // A pattern that fits none is a mistake: nobody would notice what it misses.
        for pattern in patterns where !pattern.isName && !all.contains(where: pattern.fits) {
            throw UnknownDatabase(pattern.text, among: all)
        }
        let missing = patterns.filter { $0.isName && !named.contains($0.text) }.map(\.text)
        let chosen = named.filter { name in
            patterns.contains { $0.isName ? $0.text == name : all.contains(name) && $0.fits(name) }
        }
        guard !chosen.isEmpty else { throw UnknownDatabase(missing[0], among: all) }
        return (chosen, missing)
    }

    /// What the backup says of the server as a whole.
    /// - Returns: where databases are restored.
    private func restoreGlobals(
        on server: ScratchServer, _ dumps: [DatabaseDump], _ emit: RestoreEventSink
    ) async throws -> GlobalPlace {
        let major = server.installation.version.major
        var place = GlobalPlace(
            superuser: server.user, serverMajor: major,
            keepsGrantors: major < 16 || globals.map(\.hasRealGrantors) ?? false)
        place.databases = namesOnServer
        guard let globals, !globals.isEmpty else { return place }
        // Databases are not there yet.
        let statements = globals.statements.map(\.statement).filter { !$0.isOfOneDatabase }
        let run = GlobalsRun(on: place, statements, isNewerThanSource: isOlder(than: server))
        let (done, findings) = try await withConnection(to: server.maintenance) { [place] connection in
            var run = run
            let roles = RoleMaker(connection: connection, made: RoleList(), database: server.maintenanceDatabase)
            try await roles.make(globals.rolesOfOthers)
            try await run.run(statements, over: connection)
            let comparison = GlobalsComparison(globals: globals, place: place, judgements: run.judgements)
            var findings = try await comparison.findings(over: connection)
            findings += [Finding(settingsWithoutDatabase: globals, of: databases)].compactMap(\.self)
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

extension DumpSet {
    /// How each database is called on the scratch server: as at the source, which is what a person looks for. Not where the server has such
    /// a database itself, in which our work on the server as a whole is done; nor where the name is none for a server, or could be taken for
    /// something else: it may be any text.
    fileprivate var namesOnServer: [String: String] {
        let isPlain = { (name: String) in name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}/) != nil }
        let reserved: Set<String> = ["postgres", "template0", "template1"]
        var (names, taken): ([String: String], Set<String>) = ([:], Set(dumps.map(\.database)))
        for (index, dump) in dumps.enumerated() {
            var name = dump.database
            if !isPlain(name) || reserved.contains(name) {
                let stem = reserved.contains(name) ? "restored_\(name)" : "restored_\(index + 1)"
                name = stem
                while taken.contains(name) { name += "_" }
                taken.insert(name)
            }
            names[dump.database] = name
        }
        return names
    }
}

extension ServerGlobals {
    /// Roles that it needs and does not make: where it has tablespaces or memberships alone.
    fileprivate var rolesOfOthers: [String] {
        guard roles.isEmpty else { return [] }
        let grantees = statements.compactMap { line in
            if case .detail(_, let grantee, _) = line.statement { grantee } else { nil }
        }
        return memberships.flatMap { [$0.role, $0.member, $0.grantor].compactMap(\.self) }
            + tablespaces.compactMap(\.owner) + settings.compactMap(\.role) + grantees
    }
}

extension Finding {
    /// The plan names a database, and no dump of it is here: a job that lost it, or a database that is gone at the source.
    fileprivate init(withoutDump name: String) {
        self.init(
            id: .archive, subject: "database", status: .failed, basis: .plan, expected: "a dump of this database",
            observed: "none",
            reason: "the plan names this database, and the backup has no dump of it; if it is gone, change the plan",
            cause: .expectation)
        database = name
    }

    /// - Returns: nil where every setting is of a database that has a dump.
    fileprivate init?(settingsWithoutDatabase globals: ServerGlobals, of databases: [String]) {
        let others = Set(globals.settings.compactMap(\.database)).subtracting(databases).subtracting([
            "postgres", "template1",
        ])
        guard !others.isEmpty else { return nil }
        self.init(
            id: .globals, subject: "settings of databases without a dump", status: .passed, basis: .archive,
            observed: firstOf(others.sorted(), atMost: 20),
            reason: "roles have settings in these databases, and the backup has no dump of them; they were not restored"
        )
        hazard = true
    }
}
