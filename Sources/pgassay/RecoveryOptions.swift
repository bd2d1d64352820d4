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

    @Option(
        help:
            "Which of the databases in a backup to check. (default: of a base backup the only one besides postgres, of dumps all)"
    )
    var database: String?

    @Option(
        help: ArgumentHelp(
            "Check these databases in one drill: a name, or a pattern such as 'shop_*'. May be repeated.",
            valueName: "pattern"))
    var databases: [String] = []

    @Flag(
        help:
            "Check every database of a base backup or a snapshot in one drill; of dumps of a server, this is the default."
    )
    var allDatabases = false

    /// - Throws: ``Failure``.
    func change(_ plan: inout Plan) throws {
        try change(&plan.recovery)
        for option in given {
            let asked = plan.asked[option.ability] ?? []
            if !asked.contains(option.name) { plan.asked[option.ability] = asked + [option.name] }
            plan.note(option.words.joined(separator: " "))
        }
    }

    /// The options as they were given.
    var words: [String] { given.flatMap(\.words) }

    private var given: [Given] {
        let options: [(String, String?, RestoreAbility)] = [
            ("--target-time", targetTime, .recovery), ("--target-lsn", targetLsn, .recovery),
            ("--target-xid", targetXid, .recovery), ("--target-name", targetName, .recovery),
            ("--database", database, .databaseChoice),
        ]
        var given = options.compactMap { name, value, ability in
            value.map { Given(name: name, value: $0, ability: ability) }
        }
        given += databases.map { Given(name: "--databases", value: $0, ability: .databaseChoice) }
        if allDatabases { given.append(Given(name: "--all-databases", value: nil, ability: .databaseChoice)) }
        return given
    }

    private struct Given {
        let name: String
        /// Nil for a flag.
        let value: String?
        let ability: RestoreAbility

        var words: [String] { [name, value].compactMap(\.self) }
    }

    private func change(_ setting: inout RecoverySetting) throws {
        let given = [targetTime, targetLsn, targetXid, targetName].compactMap { $0 }
        guard given.count <= 1 else {
            throw Failure(
                .wrongCommand,
                "a recovery stops at one target: give one of --target-time, --target-lsn, --target-xid and --target-name."
            )
        }
        try changeDatabases(&setting)
        do {
            if let targetTime { setting.target = try RecoveryTarget(time: targetTime) }
            if let targetLsn { setting.target = try RecoveryTarget(position: targetLsn) }
            if let targetXid { setting.target = try RecoveryTarget(transaction: targetXid) }
            if let targetName { setting.target = try RecoveryTarget(restorePoint: targetName) }
        } catch {
            throw Failure(.wrongCommand, error.description)
        }
    }

    private func changeDatabases(_ setting: inout RecoverySetting) throws {
        guard [database != nil, !databases.isEmpty, allDatabases].count(where: \.self) <= 1 else {
            throw Failure(
                .wrongCommand, "say it once: give one of --database, --databases and --all-databases.")
        }
        if let database { (setting.database, setting.databases) = (database, nil) }
        guard allDatabases || !databases.isEmpty else { return }
        setting.database = nil
        setting.databases = allDatabases ? [.all] : databases.map(DatabasePattern.init)
    }
}
