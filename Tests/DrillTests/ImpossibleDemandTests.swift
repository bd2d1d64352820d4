import Backup
import Restore
import Snapshots
import Testing

@testable import Drill

/// What each kind of backup cannot do is refused, with what asks for it. What is shown of a dump is in
/// `Scenarios/impossible.txt` of CommandTests.
struct ImpossibleDemandTests {
    private static func refusal(
        of asked: [RestoreAbility: [String]], by abilities: Set<RestoreAbility>
    ) -> RestoreAbility? {
        var plan = Plan(ofBackupAt: "/b")
        plan.asked = asked
        do {
            try plan.requirePossible(for: abilities, kind: "kind", at: "/b")
            return nil
        } catch {
            return error.ability
        }
    }

    @Test func eachKindCanDoWhatItCan() {
        let kinds = [
            DumpBackup.abilities, PhysicalBackup.abilities, TarBackup.abilities, IncrementalBackup.abilities,
            SnapshotBackup.abilities,
        ]
        for abilities in kinds {
            #expect(Self.refusal(of: [:], by: abilities) == nil)
            for ability in RestoreAbility.allCases {
                let refused = Self.refusal(of: [ability: ["x"]], by: abilities)
                #expect(refused == (abilities.contains(ability) ? nil : ability))
            }
        }
        #expect(!PhysicalBackup.abilities.contains(.existingServer))
        #expect(!PhysicalBackup.abilities.contains(.refusingStatements))
        #expect(SnapshotBackup.abilities == [.databaseChoice])
        #expect(DumpBackup.abilities.contains(.restoredHere) && PhysicalBackup.abilities.contains(.restoredHere))
    }

    @Test func theMessageNamesAllThatAsks() {
        let demand = ImpossibleDemand(
            location: "/base", kind: "base backup", ability: .existingServer, asked: ["a", "b"])
        #expect(demand.description.hasPrefix("/base is a base backup, which holds the files of a whole server"))
        #expect(demand.description.hasSuffix("Leave out a and b, or drill a dump."))
    }
}
