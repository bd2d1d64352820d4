import Archive
import Backup
import Causes
import Checks
import Fetch
import Files
import Findings
import Foundation
import Physical
import PlanKeys
import Postgres
import Restore
import Scratch
import Snapshots
import SystemPackage

extension Finding {
    /// The error that ended a drill early, as a finding: a backup that cannot be read as one is bad; everything else is
    /// the machine's.
    init(ending error: any Error, subject: String) {
        let rule = Causes.cause(of: MetError(ending: error))
        if let refused = error as? StatementRefused {
            self.init(
                id: .restore, subject: refused.place, status: rule.status, basis: .plan,
                expected: "only what pg_dump writes", observed: refused.statement.words,
                reason: "\(rule.reason): \(refused)", cause: rule.cause)
            return
        }
        let isBackupAtFault = rule.cause == .backup
        self.init(
            id: isBackupAtFault ? .archive : .drill, subject: subject, status: rule.status, basis: .rule,
            expected: isBackupAtFault ? "a backup that can be read" : "a drill that can be run", observed: nil,
            reason: Self.words(of: error), cause: rule.cause)
    }

    private static func words(of error: any Error) -> String {
        switch error {
        case let error as UnpackedTooLarge:
            """
            unpacked, it takes more than \(HumanUnits.bytes(error.limit)): make room, name another disk in \
            \(PlanKey.scratchDirectory), or say in \(PlanKey.scratchDiskSpace) how much it may take
            """
        case Errno.noSpace:
            "the disk of the scratch directory is full: make room, or name another one in \(PlanKey.scratchDirectory)"
        case let error as FileError where error.problem != .changed:
            "the backup cannot be read: \(error); the account \(NSUserName()) needs to read all of it"
        case let error as Errno:
            "the backup cannot be read: \(error); the account \(NSUserName()) needs to read all of it"
        case let error as any CustomStringConvertible: error.description
        default: (error as NSError).localizedDescription
        }
    }
}

extension MetError {
    /// The error that ended a drill.
    init(ending error: any Error) {
        switch error {
        case let error as PostgresError: self.init(.drilling, error)
        case let error as ArchiveError: self.init(.drilling, .state(error.state))
        case let error as ScratchError: self.init(.drilling, .state(error.state))
        case let error as FetchError: self.init(.drilling, .state(error.state))
        case let error as SnapshotError: self.init(.drilling, .state(error.state))
        case is StatementRefused: self.init(.drilling, .state(.statementRefused))
        case is ControlFileError: self.init(.drilling, .state(.archiveOfUnknownVersion))
        case is UnsupportedBackup: self.init(.drilling, .state(.planSaysTooLittle))
        case let error as FileError:
            self.init(.drilling, .state(error.problem == .changed ? .archiveChanged : .archiveUnreadable))
        case is UnpackedTooLarge, Errno.noSpace: self.init(.drilling, .state(.diskTooSmall))
        case is Errno: self.init(.drilling, .state(.archiveUnreadable))
        default: self.init(.drilling, .state(.otherError))
        }
    }
}

extension FetchError {
    fileprivate var state: DrillState {
        switch self {
        case .damaged: .repositoryDamaged
        case .notOpened: .notOpened
        case .noProgram, .nothingThere, .failed, .deadlineExceeded, .notUnderstood: .notFetched
        }
    }
}

extension SnapshotError {
    fileprivate var state: DrillState {
        switch self {
        case .otherServer: .otherServer
        case .nothingThere: .notFetched
        case .noTool, .noPasswordFile, .failed, .unanswered, .gaveUp, .notInTime, .isPublic, .noEndpoint,
            .cannotConnect,
            .timeToLiveOver, .stillThere:
            .snapshotNotRestored
        }
    }
}

extension ScratchError {
    fileprivate var state: DrillState {
        switch self {
        case .noPostgres, .tooOld, .noSuchMajor, .missingProgram: .noPostgres
        case .noAccount, .cannotCreate, .cannotEnter, .socketPathTooLong, .locked: .noPlace
        case .diskTooSmall: .diskTooSmall
        case .childFailed, .deadlineExceeded, .didNotStart, .noWalls, .wallsFailed: .childFailed
        case .fencedOff: .fencedOff
        case .cannotRemove: .leftBehind
        }
    }
}

/// Checks that never ran, because the drill ended before them, or because their database was lost, each with the reason.
/// - Parameters:
///   - databases: that are checked, where those are several; else empty.
///   - lost: those of them that nobody could ask, because of what was found in their part of the backup.
func notRun(
    _ checks: [any Check], of databases: [String], lost: Set<String>, besides findings: [Finding], interrupted: Bool
) -> [Finding] {
    let stopped =
        interrupted
        ? "not run: the drill was interrupted earlier"
        : "not run: the drill stopped earlier (see what failed or is inconclusive)"
    func missing(_ checks: [any Check], _ database: String?) -> [Finding] {
        let seen = Set(findings.lazy.filter { $0.database == database }.map(\.id))
        let isLost = database.map(lost.contains) ?? false
        return checks.map(\.id).filter { !seen.contains($0) }.map { id in
            Finding(
                id: id, subject: "database", status: .notRun, gap: isLost ? .doesNotApply : .stopped,
                reason: isLost ? "not run: see what failed in this database" : stopped
            ).of(database)
        }
    }
    if databases.isEmpty { return missing(checks, nil) }
    return databases.flatMap { missing(checks.filter { !CheckID.ofServer.contains($0.id) }, $0) }
        + missing(checks.filter { CheckID.ofServer.contains($0.id) }, nil)
}
