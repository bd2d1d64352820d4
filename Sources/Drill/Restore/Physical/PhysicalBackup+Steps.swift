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
        let control: ControlFile
        let need: WriteAheadLog.Need
        let log: WriteAheadLog
        /// True if recovery runs as from an archive, and not as after a crash.
        let isRecovery: Bool
        /// True if the whole log is to be replayed, along the newest timeline, and not up to a target.
        let isLatest: Bool
    }

    /// - Throws: ``FlawedBackup`` if its files do not belong to each other, or a part of the needed log is missing;
    ///   ``UnknownDatabase`` if it has several databases and none is named, or not the one that is.
    func plan(_ setting: RecoverySetting) throws -> Plan {
        let control = try readControlFile()
        let foreign = originFindings(control)
        guard foreign.isEmpty else { throw FlawedBackup(findings: foreign) }
        if let unknown = UnknownDatabase(in: directory.tree, setting) { throw unknown }
        let archive = try setting.archive.map { try OpenTree.ofLogArchive(at: $0) }
        // The server itself would stop at the first commit after the target; but the backup's files would already hold
        // later commits.
        if case .time(let time, _) = setting.target, time < control.checkpointTime {
            throw FlawedBackup(findings: [RecoveryOutcome.tooEarly(setting, backup: control.checkpointTime)])
        }
        let log = log(control, archive: archive)
        let need = need(control, until: until(setting.target, end: directory.manifest?.end))
        let flaws = try log.flaws(for: need)
        guard flaws.isEmpty else { throw FlawedBackup(findings: flaws.map { Finding($0) }) }
        return Plan(
            control: control, need: need, log: log,
            isRecovery: directory.label != nil || setting.archive != nil || setting.target != .latest,
            isLatest: setting.target == .latest && setting.timeline == "latest")
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
        /// Flaws in files of relations; of several databases, in any file of one.
        let flaws: [FileFlaw]
        /// Where the log breaks off although there is more of it, as far as we can tell: the server says whether it went on.
        let breach: LogBreach?
        /// How the files reached the server, in words for the report; nil if they were moved, so that there is no other
        /// copy.
        let transfer: String?
    }

    /// Reads every file once: for its digest, for the manifest, for the checksums of its pages, and to copy it.
    /// - Throws: ``FlawedBackup`` if other files are damaged.
    func layOut(
        _ plan: Plan, on server: ScratchServer, _ transfer: LayOut.Transfer, _ setting: RestoreSetting,
        emit: @escaping RestoreEventSink
    ) async throws -> LaidOut {
        let account = server.fence.account
        let owner = account.owner
        let transfer = server.overlay == nil ? transfer : .overlay
        let (layOut, extent, outcome) = try await setting.takingDigest(during: .restore, emit) {
            // Before files are moved: the server then writes to them, and removes segments.
            var ofLog: Int64 = 0
            let needsOneMoment = directory.label == nil
            let extent =
                try plan.isLatest || needsOneMoment
                ? plan.log.follow(for: plan.need) { done, all in
                    ofLog = all
                    emit(.progress(done: done, total: all + directory.bytes, unit: .bytes))
                } : nil
            // Where the log breaks off, that is what is told.
            let moment = try extent.flatMap { extent in
                needsOneMoment && extent.breach == nil
                    ? try plan.log.moment(for: plan.need, logEnd: extent.end, majorVersion: directory.majorVersion)
                    : nil
            }
            let before = ofLog
            let layOut = LayOut(
                directory, to: server.data, tablespaces: server.directory.path.appending("tablespaces"),
                owner: owner, checksumsBefore: plan.control.hasChecksums ? plan.need.start : nil, moment: moment,
                transfer: transfer, workers: ProcessInfo.processInfo.activeProcessorCount)
            let outcome = try await layOut.perform(digests: setting.digests) {
                emit(.progress(done: before + $0, total: before + directory.bytes, unit: .bytes))
            }
            return (layOut, extent, outcome)
        }
        // Of several databases, the others can be checked without the files of one.
        let areSeveral = setting.recovery.databases != nil
        let known = areSeveral ? directory.flaws : []
        let paths = Set(known.map(\.path))
        let flaws = known + outcome.flaws.filter { !paths.contains($0.path) }
        guard flaws.allSatisfy({ $0.relation != nil || areSeveral && $0.database != nil }) else {
            throw FlawedBackup(findings: flaws.map { Finding($0) })
        }
        try layOut.moveFiles()
        emit(.phase(.recover))
        let unfit = try plan.log.copyArchived(for: plan.need, to: server.data.appending("pg_wal"), owner: owner)
        guard unfit.isEmpty else { throw FlawedBackup(findings: unfit.map { Finding($0) }) }
        if plan.isRecovery { try server.write("", to: "recovery.signal") }
        let words: String? =
            switch transfer {
            case .overlay: "overlay"
            case .copy where outcome.isShared: "reflink"
            case .copy: "copy" + (server.overlayRefusal.map { " (no overlay: \($0))" } ?? "")
            case .move: nil
            }
        return LaidOut(flaws: flaws, breach: plan.isLatest ? extent?.breach : nil, transfer: words)
    }

    /// Nil if links lead to files outside of the backup's directory.
    var overlayRequest: OverlayRequest? {
        guard directory.hasNoOutsideLinks else { return nil }
        return OverlayRequest(directory.tree) { view, account in
            try directory.takeOver(view, for: account.owner)
        }
    }

    func settings(_ plan: Plan, _ recovery: RecoverySetting) -> [String: String] {
        var always = [
            "hot_standby": "off", "max_prepared_transactions": String(plan.control.maxPreparedTransactions),
            "timezone": "UTC",
            "log_timezone": "UTC",
        ]
        // A copy that follows links (cp -L, a bucket) has a tablespace as a directory where its link was. The server takes it so, and
        // ends its recovery with a panic unless it is told that this is meant (`CheckTablespaceDirectory`, since 15).
        if directory.majorVersion >= 15 { always["allow_in_place_tablespaces"] = "on" }
        return plan.isRecovery ? always.merging(recovery.settings) { $1 } : always
    }
}
