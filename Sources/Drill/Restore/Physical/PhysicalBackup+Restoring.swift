import Backup
import Causes
import Findings
import Foundation
import Physical
import Postgres
import Scratch
import Synchronization
import SystemPackage

/// How a data directory is restored: laid out, verified, and recovered by a server.
extension PhysicalBackup: RestorableFiles {
    /// Bytes for the copy, for the log that the server keeps, and for what the checks write.
    package var estimatedDiskSpace: Int64 { Self.diskSpace(forCopyOf: directory.bytes) }

    static func diskSpace(forCopyOf bytes: Int64) -> Int64 { bytes + bytes / 10 + 1 << 30 }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try InstallationChoice(
            ofMajor: directory.majorVersion, among: try await Installation.findAll(configured: setting.postgres))
    }

    package func isOfOneDatabase(_ finding: Finding) -> Bool {
        FileFlaw(path: finding.subject, problem: "").database != nil
    }

    package func restoration(in setting: RestoreSetting) -> String {
        "copy the files, verifying each, and recover to \(setting.recovery.target)"
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        emit(.phase(.start))
        guard case .ownServer(let parent, let account) = setting.server else {
            throw UnsupportedBackup.needsOwnServer(directory.path)
        }
        let choice = try await chooseInstallation(in: setting)
        emit(.server("PostgreSQL \(choice.installation.version): \(choice.reason)"))
        let plan = try plan(setting.recovery)
        // A tool may have left links to where its own backup is; the files there are not ours.
        let isOurs = try setting.workspace.map { try directory.lies(below: $0) } ?? false
        var request = setting.scratchRequest(
            parent: parent, account: account,
            diskSpace: (isOurs ? Self.diskSpace(forCopyOf: 0) : estimatedDiskSpace)
                + plan.log.archivedBytes(for: plan.need),
            dataSize: directory.bytes)
        request.recoveryDeadline = setting.deadline
        let catalogue = SharedCatalogue(of: directory)
        request.superuser = setting.recovery.superuser ?? catalogue.superuser ?? ScratchServer.superuser
        request.maintenanceDatabase = maintenanceDatabase(catalogue, setting.recovery)
        if !isOurs { request.overlay = overlayRequest }
        let asked = request
        let server = Mutex<ScratchServer?>(nil)
        let laidOut = Mutex<LaidOut?>(nil)
        let filling: DataLayOut = { made in
            server.withLock { $0 = made }
            let outcome = try await layOut(plan, on: made, isOurs ? .move : .copy, setting, emit: emit)
            laidOut.withLock { $0 = outcome }
            return settings(plan, setting.recovery)
        }
        do {
            return try await withScratchServer(
                request, of: choice.installation, cleanup: cleanup, layOut: filling
            ) { server in
                let laidOut = laidOut.withLock { $0 }
                let recovered = try await recovered(on: server, plan, choice, setting, laidOut, emit: emit)
                return try await recovered.check(setting, emit: emit) { restoring in
                    var restoring = restoring
                    let flaws = recovered.flaws(in: restoring.database)
                    restoring.explain = { explanation(of: $0, by: asked, flaws) }
                    return try await body(restoring)
                }
            }
        } catch let error as ScratchError {
            guard case .didNotStart = error, let log = server.withLock({ $0?.log }) else { throw error }
            let told = laidOut.withLock { $0?.flaws ?? [] }.map { Finding($0) }
            let finding =
                RecoveryOutcome.finding(about: log, setting.recovery)
                ?? LostFile(inLog: log.tail).map { Finding($0.flaw) }
            guard finding != nil || !told.isEmpty else { throw error }
            throw FlawedBackup(findings: told + (finding.map { [$0] } ?? []))
        } catch {
            throw explanation(of: error, by: request, laidOut.withLock { $0?.flaws ?? [] })
        }
    }

    /// What an error of a recovered server says of the copy.
    /// - Parameter flaws: of files, which may be why.
    /// - Returns: the error itself where it says nothing of it.
    private func explanation(of error: any Error, by request: ScratchRequest, _ flaws: [FileFlaw]) -> any Error {
        switch error {
        case PostgresError.refused(let error): return refusal(error, by: request, flaws)
        case PostgresError.server(let error)
        where error.sqlState.family == "XX" || error.sqlState.rawValue == "58P01" && LostFile(in: error) != nil:
            // It ended the checks: the server cannot read what it keeps for itself.
            let lost = LostFile(in: error)?.flaw
            return FlawedBackup(
                findings: (flaws + [
                    lost ?? FileFlaw(path: "base", problem: "the server cannot read its own tables: \(error)")
                ]).map { Finding($0) })
        default: return error
        }
    }

    /// `postgres` may have been dropped at the source.
    private func maintenanceDatabase(_ catalogue: SharedCatalogue, _ recovery: RecoverySetting) -> String {
        guard let databases = catalogue.databases?.filter(\.isOrdinary).map(\.name), !databases.contains("postgres")
        else { return "postgres" }
        return recovery.database ?? databases.first ?? "template1"
    }

    /// A recovered server that takes no connection, and why.
    private func refusal(_ error: ServerError, by request: ScratchRequest, _ flaws: [FileFlaw]) -> any Error {
        if let lost = LostFile(in: error) {
            let isTold = flaws.contains { $0.path == lost.path }
            return FlawedBackup(findings: (isTold ? flaws : flaws + [lost.flaw]).map { Finding($0) })
        }
        return switch error.sqlState.rawValue {
        case "28000": UnsupportedBackup.noSuperuser(request.superuser, refusal: error.message)
        case "3D000", "55000": UnsupportedBackup.noDatabase(request.maintenanceDatabase)
        case let state where state.hasPrefix("XX"):
            // An internal error before there is a session: the server cannot read a file that it keeps for itself, and says
            // which. A damaged pg_filenode.map has the code XX000.
            FlawedBackup(
                findings: flaws.map { Finding($0) } + [Finding(FileFlaw(path: "global", problem: error.description))])
        default: PostgresError.refused(error)
        }
    }

    /// The time up to which there should be data. With the whole log: when its last segment was archived. With a target
    /// time: that time. It is never before the last commit or the backup itself.
    private func asOf(_ target: RecoveryTarget, _ outcome: RecoveryOutcome, _ log: WriteAheadLog) -> Date? {
        let claim: Date? =
            switch target {
            case .time(let time, _): time
            case .latest: log.archived
            case .immediate, .position, .transaction, .restorePoint: nil
            }
        return [claim, outcome.commit, description.created].compactMap { $0 }.max()
    }

    private func recovered(
        on server: ScratchServer, _ plan: Plan, _ choice: InstallationChoice, _ setting: RestoreSetting,
        _ laidOut: LaidOut?, emit: @escaping RestoreEventSink
    ) async throws -> RecoveredServer {
        emit(.environment(RestoredEnvironment(of: server, because: choice.reason, files: laidOut?.transfer)))
        var flaws = laidOut?.flaws ?? []
        let (outcome, settings) = try await withConnection(to: server.maintenance) { connection in
            (
                try await RecoveryOutcome(setting.recovery, over: connection),
                try await StoredSettings.disarm(over: connection)
            )
        }
        // The server, too, went no further.
        if let breach = laidOut?.breach, outcome.position.map({ $0 < breach.segment.end }) ?? true {
            flaws.append(breach.flaw)
        }
        // Where a page tells that the files are of several moments, that is what is said.
        let moment =
            flaws.isEmpty ? momentFinding(plan.control, isStated: setting.recovery.isSnapshot) : nil
        return try await RecoveredServer(
            server: server, flaws: flaws, recoveredUpTo: outcome.commit,
            asOf: asOf(setting.recovery.target, outcome, plan.log),
            contents: BackupContents(
                isPhysicalCopy: true, replicationSlots: ReplicationSlot.all(in: directory.tree)),
            findings: told + [outcome.finding] + [settings, emptyDirectories, moment].compactMap(\.self)
        ).namingDatabases()
    }

    /// What the copy lacks and this drill made; nil where it lacks nothing.
    private var emptyDirectories: Finding? {
        let missing = directory.missingDirectories
        guard !missing.isEmpty else { return nil }
        return Finding(
            id: .restore, subject: "empty directories", status: .passed, observed: missing.joined(separator: ", "),
            reason: """
                the copy lacks these directories, which may be empty, and no server starts without them: they were made here. Make \
                them before a recovery by hand, or copy with a tool that keeps empty directories
                """)
    }
}
