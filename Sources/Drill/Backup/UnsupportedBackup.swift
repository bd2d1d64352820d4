import PlanKeys
import SystemPackage

/// A backup that needs something which the plan does not name, or names wrongly.
package enum UnsupportedBackup: Error, Equatable, CustomStringConvertible {
    case needsOwnServer(FilePath)
    case noLogArchive(FilePath)
    case linkNotFollowed(FilePath, target: FilePath)
    case noSuperuser(String, refusal: String)
    case noDatabase(String)

    package var description: String {
        switch self {
        case .noSuperuser(let name, let refusal):
            """
            The recovered server does not let the role \(name) in: \(refusal). Name a superuser that may log in, in \
            \(PlanKey.recoverySuperuser) of the plan; where none may, a recovery cannot be used before somebody changes that in \
            single-user mode: ALTER ROLE \(name) LOGIN at the source, before the next backup.
            """
        case .noDatabase(let name):
            """
            The recovered server has no database \(name) that takes connections. Name one in \(PlanKey.recoveryDatabase) of the \
            plan or with --database.
            """
        case .noLogArchive(let path):
            "There is no directory \(path) with archived WAL, or it cannot be read. Correct --wal, or \(PlanKey.recoveryWal) of the plan."
        case .linkNotFollowed(let path, let target):
            """
            \(path) is a link to \(target). Whoever wrote the backup chose where it leads, so it is followed only with leave: name \
            \(target) in \(PlanKey.backupFollow) of the plan or with --follow.
            """
        case .needsOwnServer(let path):
            """
            \(path) holds the files of a whole server, which cannot be restored into a server that is there. Leave \
            \(PlanKey.scratchServer) out of the plan.
            """
        }
    }
}
