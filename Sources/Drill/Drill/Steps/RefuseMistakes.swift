import Archive
import Backup
import Files
import Restore
import SystemPackage

/// Opens a backup, and looks for what a person must correct first, with little of it read.
/// - Parameters:
///   - name: what the person knows the backup by, in a message.
///   - following: places that links in it may lead to, besides those of the plan.
/// - Throws: ``Backup/Mistake``; ``Archive/ArchiveError`` where it cannot be opened.
func openRefusingMistakes(
    at path: FilePath, named name: String, _ plan: Plan, following: [FilePath] = []
) throws -> OpenTree {
    let tree = try open(path, named: name, following: (plan.backup?.follow ?? []) + following)
    if var something = NotABackup(tree) {
        something.name = name
        throw something
    }
    if plan.recovery.database == nil, let unnamed = UnnamedDatabase(in: tree) { throw unnamed }
    return tree
}

private func open(_ path: FilePath, named name: String, following: [FilePath]) throws -> OpenTree {
    do throws(ArchiveError) {
        return try OpenTree.ofBackup(at: path, following: following)
    } catch {
        if case .notADump = error { throw NotABackup.pipe(name) }
        throw error
    }
}
