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
        if several, setting.recovery.databases?.contains(where: \.isName) != true {
            emit(.told([], [Finding(unnamed: chosen)]))
        }
        switch setting.server {
        case .existing:
            // Roles and tablespaces are the server's, which is not ours.
            if globals.map({ !$0.isEmpty }) ?? false { throw GlobalsNeedOwnServer(path: tree.path) }
            var results: [Result] = []
            for dump in whole {
                results += try await restorable(dump.backup).withRestored(in: setting, cleanup: cleanup, emit: emit) {
                    try await body($0.of(dump, isOneOfSeveral: several))
                }
            }
            return results
        case .ownServer(let parent, let account):
            return try await withOwnServer(below: parent, account, setting, cleanup, emit) {
                server, environment, installed in
                emit(.environment(environment))
                emit(.phase(.restore))
                let place = place(on: server)
                try await restoreGlobals(on: server, place, emit)
                var results: [Result] = []
                for (index, dump) in whole.enumerated() {
                    if index > 0 {
                        emit(.phase(.restore))
                        guard try await isReady(server, setting) else {
                            let last = whole[index - 1].database
                            let rest = whole[index...].map { Finding(notAsked: $0.database, serverGoneAfter: last) }
                            emit(.told([], rest))
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

    /// Starts a server for all of the databases.
    /// - Parameter body: gets it, what a report says of it, and all installations of PostgreSQL.
    private func withOwnServer<Result: Sendable>(
        below parent: FilePath, _ account: String?, _ setting: RestoreSetting, _ cleanup: CleanupLog,
        _ emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (ScratchServer, RestoredEnvironment, [Installation]) async throws -> Result
    ) async throws -> Result {
        emit(.phase(.start))
        let installed = try await Installation.findAll(configured: setting.postgres)
        let choice = try choose(among: installed, setting)
        emit(.server("PostgreSQL \(choice.installation.version): \(choice.reason)"))
        var request = setting.scratchRequest(
            parent: parent, account: account, diskSpace: estimatedDiskSpace,
            dataSize: DumpBackup.dataSize(ofDumpOf: tree.bytes, isCompressed: isCompressed))
        // Memberships that it granted can be granted by no other superuser.
        if let superuser = globals?.bootstrapSuperuser, superuser.canBeMadeSuperuser { request.superuser = superuser }
        return try await withScratchServer(request, of: choice.installation, cleanup: cleanup) { server in
            try await body(server, RestoredEnvironment(of: server, because: choice.reason), installed)
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
}

extension String {
    /// Whether `initdb` takes it as a name.
    fileprivate var canBeMadeSuperuser: Bool { !isEmpty && !hasPrefix("pg_") && utf8.count < 64 }
}
