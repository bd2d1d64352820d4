import Backup

/// What a plan can ask of a restore, and only some kinds of backup can do.
package enum RestoreAbility: Sendable, CaseIterable {
    /// Replays a log up to a target.
    case recovery
    /// Has several databases, of which one or more are checked.
    case databaseChoice
    /// Is restored into a database on a server that is there already.
    case existingServer
    /// Is read statement by statement, so that one of them can be refused.
    case refusingStatements
    /// Takes the roles and tablespaces of its server from a file besides it.
    case globals
    /// Is restored by programs of this machine, behind its walls and on its disk.
    case restoredHere
}

extension DumpBackup {
    package static var abilities: Set<RestoreAbility> {
        [.existingServer, .refusingStatements, .globals, .restoredHere]
    }
}

extension WrappedDump {
    package static var abilities: Set<RestoreAbility> { DumpBackup.abilities }
}

extension DumpSet {
    package static var abilities: Set<RestoreAbility> { DumpBackup.abilities.union([.databaseChoice]) }
}

extension PhysicalBackup {
    package static var abilities: Set<RestoreAbility> { [.recovery, .databaseChoice, .restoredHere] }
}

extension TarBackup {
    package static var abilities: Set<RestoreAbility> { PhysicalBackup.abilities }
}

extension IncrementalBackup {
    package static var abilities: Set<RestoreAbility> { PhysicalBackup.abilities }
}
