import ArgumentParser
import Drill
import Foundation
import Restore
import SystemPackage

/// How a physical backup is recovered; replaces what the plan says about it.
struct RecoveryOptions: ParsableArguments {
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
        for (name, value, ability) in given {
            plan.asked[ability, default: []].append(name)
            plan.note("\(name) \(value)")
        }
    }

    /// The options as they were given.
    var words: [String] { given.flatMap { [$0.name, $0.value] } }

    private var given: [(name: String, value: String, RestoreAbility)] {
        let options: [(String, String?, RestoreAbility)] = [
            ("--target-time", targetTime, .recovery), ("--target-lsn", targetLsn, .recovery),
            ("--target-xid", targetXid, .recovery), ("--target-name", targetName, .recovery),
            ("--database", database, .databaseChoice),
        ]
        return options.compactMap { name, value, ability in value.map { (name, $0, ability) } }
    }

    private func change(_ setting: inout RecoverySetting) throws {
        let given = [targetTime, targetLsn, targetXid, targetName].compactMap { $0 }
        guard given.count <= 1 else {
            throw Failure(
                .wrongCommand,
                "a recovery stops at one target: give one of --target-time, --target-lsn, --target-xid and --target-name."
            )
        }
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
