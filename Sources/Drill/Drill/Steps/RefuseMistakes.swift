import Backup
import Physical
import PlanKeys
import Restore
import SystemPackage

/// Looks for what a person must correct first, with little of the backup read.
/// - Parameter name: what the person knows the backup by, in a message.
/// - Throws: ``Backup/Mistake``.
func refuseMistakes(with path: FilePath, named name: String, _ plan: Plan) throws {
    if var something = NotABackup(at: path) {
        something.name = name
        throw something
    }
    if plan.recovery.database == nil, let unnamed = UnnamedDatabase(in: path) { throw unnamed }
}
