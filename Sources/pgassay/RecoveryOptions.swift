import ArgumentParser
import Drill
import Foundation
import Restore
import SystemPackage

/// How a physical backup is recovered; replaces what the plan says about it.
struct RecoveryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the server archived its WAL. (default: the WAL inside the backup)", valueName: "dir"))
    var wal: String?

    @Option(
        help: ArgumentHelp(
            "Follow links of tablespaces and of the log to this place; may be repeated. (default: no link is followed)",
            valueName: "path"))
    var follow: [String] = []

    @Option(help: ArgumentHelp("Recover to this time, with a zone: 2026-11-25 14:30:00+01.", valueName: "time"))
    var targetTime: String?

    @Option(help: ArgumentHelp("Recover to this position in the WAL.", valueName: "lsn"))
    var targetLsn: String?

    @Option(help: ArgumentHelp("Recover to this transaction.", valueName: "xid"))
    var targetXid: String?

    @Option(help: ArgumentHelp("Recover to this restore point.", valueName: "name"))
    var targetName: String?

    @Option(help: "Which database of a base backup to check. (default: the only one besides postgres)")
    var database: String?

    /// - Throws: ``Failure``.
    func change(_ plan: inout Plan) throws {
        try change(&plan.recovery)
        if case .snapshot = plan.backup?.place, wal != nil || plan.recovery.target != .latest {
            throw Failure(.wrongCommand, "a snapshot in a cloud is restored as it is: leave --wal and --target-… out.")
        }
        for place in follow {
            let path = FilePath(URL(filePath: place).standardizedFileURL.path)
            guard !path.components.isEmpty else {
                throw Failure(.wrongCommand, "--follow / would follow every link: name the places of the tablespaces.")
            }
            plan.backup?.follow.append(path)
        }
        let given =
            [
                ("--wal", wal), ("--target-time", targetTime), ("--target-lsn", targetLsn), ("--target-xid", targetXid),
                ("--target-name", targetName), ("--database", database),
            ].compactMap { name, value in value.map { "\(name) \($0)" } } + follow.map { "--follow \($0)" }
        if !given.isEmpty {
            plan.note(given.joined(separator: " ").split(whereSeparator: \.isNewline).joined(separator: " "))
        }
    }

    private func change(_ setting: inout RecoverySetting) throws {
        let given = [targetTime, targetLsn, targetXid, targetName].compactMap { $0 }
        guard given.count <= 1 else {
            throw Failure(
                .wrongCommand,
                "a recovery stops at one target: give one of --target-time, --target-lsn, --target-xid and --target-name."
            )
        }
        if let wal { setting.archive = FilePath(wal) }
        if let database { setting.database = database }
        do {
            if let targetTime { setting.target = try RecoveryTarget(time: targetTime) }
            if let targetLsn { setting.target = try RecoveryTarget(position: targetLsn) }
            if let targetXid { setting.target = try RecoveryTarget(transaction: targetXid) }
            if let targetName { setting.target = try RecoveryTarget(restorePoint: targetName) }
        } catch {
            throw Failure(.wrongCommand, error.description)
        }
    }
}
