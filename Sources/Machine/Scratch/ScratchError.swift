import PlanKeys
import SystemPackage

/// Why there is no scratch server. All of these are the machine's or the plan's fault, never the backup's.
package enum ScratchError: Error, Sendable, Equatable {
    case noPostgres(configured: [FilePath])
    case tooOld(needed: ServerVersion, installed: [ServerVersion])
    case noSuchMajor(needed: Int, installed: [ServerVersion])
    case noAccount(String)
    case cannotCreate(directory: FilePath, reason: String)
    case cannotEnter(directory: FilePath, account: String)
    case socketPathTooLong(FilePath, limit: Int)
    case diskTooSmall(directory: FilePath, needed: Int64, available: Int64)
    case missingProgram(String, package: String)
    case childFailed(program: String, reason: String)
    case deadlineExceeded(program: String, seconds: Double)
    case didNotStart(reason: String)
    /// This machine allows no wall between a backup and the account.
    case noWalls(reason: String)
    /// A wall that this machine allows could not be built, or what stands behind it has changed.
    case wallsFailed(reason: String)
    case fencedOff(String)
    case cannotRemove(FilePath, reason: String)
    case locked(FilePath)
}

extension ScratchError: CustomStringConvertible {
    /// Why something could not be removed; nil for another error.
    var reason: String? { if case .cannotRemove(_, let reason) = self { reason } else { nil } }

    package var description: String {
        switch self {
        case .noPostgres(let configured):
            """
            No PostgreSQL server is installed\(configured.isEmpty ? "" : " in \(configured.map(\.string).joined(separator: ", "))"). \
            Install one at least as new as the backup (apt-get install postgresql), or name its bin directory in \
            \(PlanKey.scratchPostgres) of the plan or in PGASSAY_POSTGRES.
            """
        case .tooOld(let needed, let installed):
            """
            The backup needs PostgreSQL \(needed.major) or newer; installed here: \
            \(installed.map(\.description).joined(separator: ", ")). Install PostgreSQL \(needed.major), or name its bin \
            directory in \(PlanKey.scratchPostgres) of the plan or in PGASSAY_POSTGRES.
            """
        case .noSuchMajor(let needed, let installed):
            """
            The files of a server can only be used by the same major version, PostgreSQL \(needed); installed here: \
            \(installed.isEmpty ? "none" : installed.map(\.description).joined(separator: ", ")). Install it \
            (apt-get install postgresql-\(needed)), or name its bin directory in \(PlanKey.scratchPostgres) of the plan or in \
            PGASSAY_POSTGRES.
            """
        case .noAccount(let name):
            """
            PostgreSQL does not run as root, and there is no account \(name) to run it as. Create one \
            (adduser --system --group pgassay), or name one in \(PlanKey.scratchAccount) of the plan.
            """
        case .cannotCreate(let directory, let reason):
            "Cannot create the scratch directory \(directory): \(reason). Name another in \(PlanKey.scratchDirectory) or PGASSAY_SCRATCH."
        case .cannotEnter(let directory, let account):
            """
            The account \(account), which runs the scratch server, cannot enter \(directory). Name a directory that it \
            can reach in \(PlanKey.scratchDirectory) of the plan or in PGASSAY_SCRATCH.
            """
        case .socketPathTooLong(let path, let limit):
            """
            The path of the scratch server's socket is longer than \(limit) bytes, which Unix sockets do not allow: \
            \(path). Name a shorter \(PlanKey.scratchDirectory).
            """
        case .diskTooSmall(let directory, let needed, let available):
            """
            Restoring needs about \(needed >> 20) MiB in \(directory), and \(available >> 20) MiB are free. Free some, name \
            another place in \(PlanKey.scratchDirectory), or correct the estimate with \(PlanKey.scratchDiskSpace).
            """
        case .missingProgram(let name, let package): "The program \(name) is missing: apt-get install \(package)."
        case .childFailed(let program, let reason): "\(program) failed: \(reason)"
        case .deadlineExceeded(let program, let seconds):
            "\(program) was stopped after \(Int(seconds)) s, its deadline. If it needs longer, raise \(PlanKey.limitsStart) of the plan."
        case .didNotStart(let reason): "The scratch server did not start: \(reason)"
        case .noWalls(let reason):
            """
            A backup can hold programs, and this machine allows no wall to keep them in: \(reason). Allow this process to make \
            namespaces, or switch Landlock on in the kernel (docs/security.md says how); or accept that a backup can do whatever the \
            account may that runs the scratch server, with \(PlanKey.scratchIsolation): none in the plan.
            """
        case .wallsFailed(let reason): "The walls around a program could not be built: \(reason)"
        case .fencedOff(let why): why
        case .cannotRemove(let path, let reason): "Cannot remove \(path): \(reason). Remove it by hand."
        case .locked(let path): "\(path) belongs to a drill that is still running."
        }
    }
}
