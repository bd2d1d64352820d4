import Archive
import Checks
import Findings
import Foundation
import Postgres
import Restore
import Scratch
import SystemPackage

extension Finding {
    /// The error that ended a drill early, as a finding: a backup that cannot be read as one is bad; everything else is
    /// the machine's.
    init(ending error: any Error, subject: String) {
        let isBackupAtFault = (error as? ArchiveError)?.isBackupAtFault ?? false
        self.init(
            id: isBackupAtFault ? ArchiveFlaw.checkID : "drill", subject: subject,
            status: isBackupAtFault ? .failed : .inconclusive, basis: .rule,
            expected: isBackupAtFault ? "a backup that can be read" : "a drill that can be run", observed: nil,
            reason: Self.words(of: error), cause: isBackupAtFault ? .backup : .environment)
    }

    private static func words(of error: any Error) -> String {
        switch error {
        case let error as Errno:
            "the backup cannot be read: \(error); the account \(NSUserName()) needs to read all of it"
        case let error as any CustomStringConvertible: error.description
        default: (error as NSError).localizedDescription
        }
    }
}

/// Checks that never ran, because the drill ended before them, each with the reason.
func notRun(_ checks: [any Check], besides findings: [Finding], interrupted: Bool) -> [Finding] {
    let reason =
        interrupted
        ? "the drill was interrupted before it" : "the drill ended before it, see what failed or could not be told"
    let seen = Set(findings.map(\.id))
    return checks.map { type(of: $0).description.id }.filter { !seen.contains($0) }.map { id in
        Finding(id: id, subject: "database", status: .notRun, reason: reason)
    }
}
