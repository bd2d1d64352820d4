import Archive
import Backup
import Fetch
import Files
import Restore
import SystemPackage

/// Opens a backup, and looks for what a person must correct first, with little of it read.
/// - Parameters:
///   - following: places that links in it may lead to, besides those of the plan.
///   - choosesDatabase: whether one of its databases is checked, so that a person must say which.
/// - Throws: ``Backup/Mistake``; ``Archive/ArchiveError`` where it cannot be opened.
func openRefusingMistakes(
    at path: FilePath, _ plan: Plan, following: [FilePath] = [], choosesDatabase: Bool = true
) throws -> OpenTree {
    let tree = try open(path, following: (plan.backup?.follow ?? []) + following)
    if let something = NotABackup(tree) { throw something }
    if choosesDatabase, let unknown = UnknownDatabase(in: tree, plan.recovery) { throw unknown }
    return tree
}

/// Opens a backup as the first kind that recognises it, and with it what the plan names besides.
/// - Throws: as ``Backup/openBackup(_:clock:)``; ``Backup/NotGlobals``.
func openBackup(_ tree: OpenTree, of plan: Plan) throws -> any FileBackup {
    let clock = BackupClock(plan.backup)
    let backup = try openBackup(tree, clock: clock)
    guard let globals = plan.backup?.globals else { return backup }
    return try DumpSet(backup, globalsAt: globals, clock: clock)
}

private func open(_ path: FilePath, following: [FilePath]) throws -> OpenTree {
    do throws(ArchiveError) {
        return try OpenTree.ofBackup(at: path, following: following)
    } catch {
        if case .notADump = error { throw NotABackup.pipe(path.string) }
        throw error
    }
}

/// What a command of the plan decrypts is a file.
/// - Throws: ``Backup/NotABackup``.
func refuseUndecryptable(_ backup: RepositoryBackup, of repository: any BackupRepository) throws(NotABackup) {
    // What cannot be looked at is left to the fetch, which says why.
    guard repository is EncryptedFiles,
        let tree = try? OpenTree(at: FilePath(backup.name), entersDirectories: false), tree.file() == nil
    else { return }
    throw tree.isDirectory ? .encryptedDirectory(backup.name) : .pipe(backup.name)
}

extension DrillContext {
    /// A mistake that names the backup as the person does, wherever it was fetched to.
    func named(_ mistake: any Mistake) -> any Mistake {
        (mistake as? NotABackup)?.named(request.backup.location) ?? mistake
    }
}
