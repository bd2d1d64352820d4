import PlanKeys
import SystemPackage

/// Backups that PostgreSQL can make, but pgassay cannot drill.
package enum UnsupportedBackup: Error, Equatable, CustomStringConvertible {
    case clusterDump(FilePath)
    case needsOwnServer(FilePath)
    case incrementalInTar(FilePath)
    case noLogArchive(FilePath)
    case noSuperuser(String, refusal: String)
    case noDatabase(String)

    package var description: String {
        switch self {
        case .incrementalInTar(let path):
            """
            \(path) is an incremental backup in tar files, which pg_combinebackup does not read. Unpack it (tar -xf), and \
            those that it builds on, into directories beside each other, and drill the last one.
            """
        case .noSuperuser(let name, let refusal):
            """
            The recovered server does not let the role \(name) in: \(refusal). Name its superuser in \
            \(PlanKey.recoverySuperuser) of the plan.
            """
        case .noDatabase(let name):
            """
            The recovered server has no database \(name) that takes connections. Name one in \(PlanKey.recoveryDatabase) of the \
            plan or with --database.
            """
        case .noLogArchive(let path):
            "There is no directory \(path) with archived WAL, or it cannot be read. Correct --wal, or \(PlanKey.recoveryWal) of the plan."
        case .needsOwnServer(let path):
            """
            \(path) holds the files of a whole server, which cannot be restored into a server that is there. Leave \
            \(PlanKey.scratchServer) out of the plan.
            """
        case .clusterDump(let path):
            """
            \(path) was made by pg_dumpall and holds a whole server. Drill the dump of one database: \
            pg_dump -Fc DATABASE.
            """
        }
    }
}
