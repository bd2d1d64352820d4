import Archive
import Backup
import Checks
import Fetch
import Files
import Foundation
import Restore
import Snapshots

/// A plan or an option asks for something that this kind of backup cannot do. It is a mistake of the command, and not a result
/// of a drill: a report of a drill that left it out would look like proof of it.
package struct ImpossibleDemand: Mistake, Equatable {
    /// The backup, as a person knows it.
    let location: String
    /// `dump`, `base backup`, `snapshot`.
    let kind: String
    let ability: RestoreAbility
    /// What asks for it, as the person wrote it: options, and keys of the plan.
    let asked: [String]

    package var description: String {
        "\(location) is a \(kind), \(reason). Leave out \(asked.joined(separator: " and ")), or drill \(other)."
    }

    private var reason: String {
        switch ability {
        case .recovery: "which holds the data of one moment: it cannot be recovered to another one, and no WAL fits it"
        case .databaseChoice: "which holds one database: there is none to choose"
        case .existingServer:
            "which holds the files of a whole server: it cannot be restored into a server that is there already"
        case .refusingStatements: "which has no statements that could be refused"
        case .globals: "which holds the roles and tablespaces of its server itself"
        case .restoredHere: "which a cloud restores: nothing of it is on this machine"
        }
    }

    private var other: String {
        switch ability {
        case .recovery, .databaseChoice: "a base backup"
        case .existingServer, .refusingStatements, .globals: "a dump"
        case .restoredHere: "a dump or a base backup"
        }
    }
}

extension Plan {
    /// - Throws: ``ImpossibleDemand`` for the first thing that is asked and not among the abilities.
    func requirePossible(
        for abilities: Set<RestoreAbility>, kind: String, at location: String
    ) throws(ImpossibleDemand) {
        for ability in RestoreAbility.allCases where !abilities.contains(ability) {
            guard let asked = asked[ability] else { continue }
            throw ImpossibleDemand(location: location, kind: kind, ability: ability, asked: asked)
        }
    }
}

/// The place that `--wal` names is none. A plan's place may be lost for a day, which is a result of its drill.
struct NoLogDirectory: Mistake {
    let path: String

    var description: String { "There is no directory \(path) with archived WAL: correct --wal." }
}

extension Plan {
    /// - Throws: ``NoLogDirectory``.
    fileprivate func requireLogDirectory() throws(NoLogDirectory) {
        guard asked[.recovery]?.contains("--wal") == true, let archive = recovery.archive else { return }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: archive.string, isDirectory: &isDirectory), isDirectory.boolValue
        else { throw NoLogDirectory(path: archive.string) }
    }
}

extension DrillRequest {
    /// Refuses what the plan asks and the backup cannot do, as far as its kind is known before it is fetched; and a plan whose
    /// files cannot be read.
    /// - Throws: ``ImpossibleDemand``, ``NoLogDirectory``, ``Checks/ErasureFileError``.
    package func requirePossible() throws {
        for checks in plan.allChecks { try checks.requireFiles() }
        guard !plan.asked.isEmpty else { return }
        switch backup.origin {
        case .files(let path):
            // A backup that cannot be opened is left to its drill, which says what is wrong with it.
            guard let tree = try? OpenTree.ofBackup(at: path, following: plan.backup?.follow ?? []),
                let opened = try? openBackup(tree, clock: BackupClock(plan.backup))
            else { return }
            try requirePossible(for: restorable(opened))
        case .repository(let repository, _) where repository is PgBackRest || repository is Barman:
            try plan.requirePossible(for: PhysicalBackup.abilities, kind: "base backup", at: backup.location)
        case .repository, .unlisted: break
        case .snapshot(let snapshot): try requirePossible(for: snapshot)
        }
    }

    /// - Throws: ``ImpossibleDemand``, ``NoLogDirectory``.
    func requirePossible(for opened: some RestorableBackup) throws {
        try plan.requirePossible(
            for: type(of: opened).abilities, kind: opened.description.kind, at: backup.location)
        try plan.requireLogDirectory()
    }
}
