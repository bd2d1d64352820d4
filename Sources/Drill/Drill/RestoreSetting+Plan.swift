import Backup
import Foundation
import Postgres
import Restore
import Scratch
import SystemPackage

extension RestoreSetting {
    /// What a plan says, with this machine's defaults for the rest.
    /// - Parameters:
    ///   - here: where the backup is; nil where that is not known yet.
    ///   - takesDigest: whether its digest must be taken while it is restored.
    /// - Throws: `badConnectionString`, `noClientLibrary`.
    init(_ plan: Plan, keep: Bool, here: BackupHere? = nil, takesDigest: Bool = false) throws(PostgresError) {
        let parent = plan.scratch.directory ?? ScratchDirectory.defaultParent
        let server: ScratchPlace =
            if let existing = plan.scratch.server {
                .existing(try ConnectionTarget(parsing: existing), fencedOff: plan.fencedOff)
            } else {
                .ownServer(parent: parent, account: plan.scratch.account)
            }
        self.init(
            server: server, postgres: plan.scratch.postgres,
            jobs: plan.scratch.jobs ?? ProcessInfo.processInfo.activeProcessorCount,
            startDeadline: plan.limits.start, deadline: plan.limits.restore, diskSpace: plan.scratch.diskSpace,
            label: plan.name, keep: keep, recovery: plan.recovery)
        refusesForeignStatements = plan.refusesForeignStatements
        removalDeadline = plan.limits.remove
        isolation = plan.scratch.isolation
        unpacking = (parent, plan.scratch.account)
        workspace = here?.workspace
        digests = takesDigest ? here?.files : nil
        // The plan's own is the more complete one: somebody has said so.
        if recovery.archive == nil { recovery.archive = here?.log }
    }
}

extension RestoreSetting {
    /// Questions that checks ask at the same time: our own server serves every processor of this machine, another one
    /// no more than it was asked to when it restored.
    var questions: Int {
        switch server {
        case .ownServer: max(jobs, ProcessInfo.processInfo.activeProcessorCount)
        case .existing: jobs
        }
    }
}

extension BackupClock {
    /// The plan's zone, else this machine's: backups are mostly drilled where they are made.
    init(_ source: BackupSource?) {
        if let name = source?.timeZone, let zone = TimeZone(identifier: name) {
            self.init(timeZone: zone, name: "the plan's time zone \(name)")
        } else {
            self.init(timeZone: .current, name: "this machine's time zone \(TimeZone.current.identifier)")
        }
    }
}
