import AWS
import Evidence
import Findings
import Foundation
import PlanKeys
import Restore
import Snapshots

extension DryRun {
    /// What a drill of a snapshot in a cloud would do, and what it costs.
    init(of backup: SnapshotBackup, _ request: DrillRequest, signature: String) {
        let (source, snapshot) = (backup.source, backup.snapshot)
        let (plan, description) = (request.plan, backup.description)
        let life = HumanUnits.duration(source.timeToLive / .seconds(1))
        let limit = HumanUnits.duration(plan.limits.restore / .seconds(1))
        let removal = HumanUnits.duration(plan.limits.remove / .seconds(1))
        let setting = try? RestoreSetting(plan, keep: false)
        let restoration = setting.map { backup.restoration(in: $0) } ?? "restore it"
        let what = source.of.kind == .instance ? "the instance" : "the instance and its cluster"
        self.init(
            plan: plan.name, backup: snapshot.arn, whyThisOne: request.backup.reason, format: description.format,
            bytes: snapshot.bytes, created: description.created, createdBasis: description.createdBasis,
            serverVersion: snapshot.engineVersion,
            server: Self.server(of: backup, life), isolation: backup.isolation,
            steps: [
                backup.inspection, "\(restoration), \(limit) at most", "connect to it, and see that it is that one",
                plan.checkingWords,
            ]
                + (backup.restoredBy == nil
                    ? ["delete \(what) without a final snapshot, and see that AWS finds it no more, \(removal) at most"]
                    : [])
                + ["write the report to \(request.reports), \(signature)"]
                + (backup.restoredBy == nil ? [] : ["tell AWS Backup the result, which then deletes \(what)"]))
        // AWS Backup pays for what it makes, and ends it.
        guard backup.restoredBy == nil else { return }
        instanceClass = source.instanceClass
        timeToLive = source.timeToLive / .seconds(1)
        cost = Self.cost(of: source, snapshot)
    }

    private static func server(of backup: SnapshotBackup, _ life: String) -> String {
        let (source, snapshot) = (backup.source, backup.snapshot)
        let place = source.address.map { "at \($0)" } ?? "at its endpoint"
        if let job = backup.restoredBy { return "\(job.resource) in \(snapshot.region), reached \(place)" }
        return """
            a new \(source.of.kind.rawValue) of RDS in \(snapshot.region), \(source.instanceClass), \(snapshot.engine) \
            \(snapshot.engineVersion), reached \(place), for \(life) at most
            """
    }

    /// Nothing is made up: a price that the plan does not name is not known here.
    private static func cost(of source: SnapshotSource, _ snapshot: RDSSnapshot) -> String {
        let besides = "the storage (\(snapshot.gibibytes) GiB by the snapshot), I/O and traffic are billed in addition"
        guard let price = source.hourlyPrice else {
            return """
                the price is not known here (\(PlanKey.backupSnapshotHourlyPrice) of the plan); one \(source.instanceClass) is billed while \
                it is there, and \(besides)
                """
        }
        let most = price.atMost(source.timeToLive)
        return "at most \(most.hours) h × \(price) = \(most.cost) for the instance, by the plan's price; \(besides)"
    }
}
