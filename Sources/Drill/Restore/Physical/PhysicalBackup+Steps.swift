import Backup
import Files
import Findings
import Foundation
import Physical
import Scratch
import SystemPackage

/// The steps before a server starts on the files.
extension PhysicalBackup {
    /// What is known before anything is copied.
    struct Plan: Sendable {
        let control: ControlData
        let need: WriteAheadLog.Need
        let log: WriteAheadLog
        /// True if recovery runs as from an archive, and not as after a crash.
        let isRecovery: Bool
    }

    /// - Throws: ``FlawedBackup`` if its files do not belong to each other, or a part of the needed log is missing;
    ///   ``UnknownDatabase`` if it has several databases and none is named, or not the one that is.
    func plan(
        _ installation: Installation, account: String?, isolation: IsolationDemand, _ setting: RecoverySetting
    ) async throws -> Plan {
        let fence = try await Fence.ofDrill(account: account, isolation: isolation)
        let control: ControlData
        do {
            control = try await ControlData(of: directory, installation, behind: fence)
        } catch let error as DamagedControlFile {
            throw FlawedBackup(findings: [Finding(FileFlaw(path: "global/pg_control", problem: error.description))])
        }
        let foreign = CopyOrigin(directory, control.origin).flaws
        guard foreign.isEmpty else { throw FlawedBackup(findings: foreign.map { Finding($0) }) }
        if let unknown = UnknownDatabase(in: directory.tree, setting) { throw unknown }
        let archive = try setting.archive.map { try Self.open(archive: $0) }
        // The server itself would stop at the first commit after the target; but the backup's files would already hold
        // later commits.
        if case .time(let time, _) = setting.target, time < control.checkpointTime {
            throw FlawedBackup(findings: [RecoveryOutcome.tooEarly(setting, backup: control.checkpointTime)])
        }
        let log = WriteAheadLog(
            ofBackup: directory.log.map(\.source), archive: archive, segmentSize: control.segmentSize)
        let timeline = directory.label?.timeline ?? control.timeline
        let end = directory.manifest?.logRanges.map(\.end).max()
        let need = WriteAheadLog.Need(
            start: directory.label?.start ?? control.redo, timeline: timeline,
            end: end, until: until(setting.target, end: end), segmentSize: control.segmentSize,
            systemIdentifier: control.systemIdentifier)
        let flaws = try log.flaws(for: need)
        guard flaws.isEmpty else { throw FlawedBackup(findings: flaws.map { Finding($0) }) }
        return Plan(
            control: control, need: need, log: log,
            isRecovery: directory.label != nil || setting.archive != nil || setting.target != .latest)
    }

    /// Segments may arrive there meanwhile: what is there now is what is used.
    private static func open(archive: FilePath) throws(UnsupportedBackup) -> OpenTree {
        do {
            let tree = try OpenTree(at: archive, entersDirectories: false)
            if tree.isDirectory { return tree }
        } catch {
            throw .noLogArchive(archive)
        }
        throw .noLogArchive(archive)
    }

    private func until(_ target: RecoveryTarget, end: LogPosition?) -> LogPosition? {
        switch target {
        case .position(let position): position
        case .immediate: end
        case .latest, .time, .transaction, .restorePoint: nil
        }
    }

    /// The result of laying out the files.
    struct LaidOut: Sendable {
        /// Flaws in files of relations.
        let flaws: [FileFlaw]
        /// How the files reached the server, in words for the report; nil if they were moved, so that there is no other
        /// copy.
        let way: String?
    }

    /// - Throws: ``FlawedBackup`` if other files are damaged.
    func layOut(
        _ plan: Plan, on server: ScratchServer, _ way: LayOut.Way, emit: @escaping RestoreEventSink
    ) async throws -> LaidOut {
        emit(.phase(.restore))
        let account = server.fence.account
        let owner = account.owner
        let total = directory.bytes
        let way = server.overlay == nil ? way : .overlay
        let outcome = try await LayOut(
            directory, to: server.data, tablespaces: server.directory.path.appending("tablespaces"),
            owner: owner, checksumsBefore: plan.control.hasChecksums ? plan.need.start : nil, way: way,
            workers: ProcessInfo.processInfo.activeProcessorCount
        ).perform { emit(.progress(done: $0, total: total, unit: .bytes)) }
        guard outcome.flaws.allSatisfy({ $0.relation != nil }) else {
            throw FlawedBackup(findings: outcome.flaws.map { Finding($0) })
        }
        emit(.phase(.recover))
        let unfit = try plan.log.copyArchived(for: plan.need, to: server.data.appending("pg_wal"), owner: owner)
        guard unfit.isEmpty else { throw FlawedBackup(findings: unfit.map { Finding($0) }) }
        if plan.isRecovery { try server.write("", to: "recovery.signal") }
        let words: String? =
            switch way {
            case .overlay: "overlay"
            case .copy where outcome.isShared: "reflink"
            case .copy: "copy" + (server.overlayRefusal.map { " (no overlay: \($0))" } ?? "")
            case .move: nil
            }
        return LaidOut(flaws: outcome.flaws, way: words)
    }

    /// Nil if links lead to files outside of the backup's directory.
    var overlayRequest: OverlayRequest? {
        guard directory.hasNoOutsideLinks else { return nil }
        return OverlayRequest(directory.tree) { view, account in
            try directory.takeOver(view, for: account.owner)
        }
    }

    func settings(_ plan: Plan, _ recovery: RecoverySetting) -> [String: String] {
        let always = [
            "hot_standby": "off", "max_prepared_transactions": plan.control.maxPreparedTransactions, "timezone": "UTC",
            "log_timezone": "UTC",
        ]
        return plan.isRecovery ? always.merging(recovery.settings) { $1 } : always
    }
}
