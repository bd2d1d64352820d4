import AWS
import Foundation

/// A running instance that a snapshot was restored to.
struct RestoredInstance: Sendable {
    let source: SnapshotSource
    let snapshot: RDSSnapshot
    let service: RDS
    let resource: RDSResource
    let age: Age

    var name: RDSName { RDSName(.instance, resource.identifier, isInCluster: resource.cluster != nil) }

    /// What its server's time of starting is compared with: one that runs for longer is another server.
    enum Age: Sendable {
        /// We ordered it at this moment.
        case ordered(ContinuousClock.Instant)
        /// AWS began to make it at this time, by its own clock.
        case made(Date)
    }
}

extension SnapshotBackup {
    /// The tag of all that restore testing makes: by it, AWS Backup finds what it has to delete (AWS Backup Developer Guide,
    /// "Restore testing").
    private static let testTag = "awsbackup-restore-test"

    /// The instance that a job of AWS Backup has restored. It is never changed, and never deleted from here.
    /// - Throws: ``SnapshotError``, `CancellationError`; errors of starting the tool.
    func instance(madeBy job: RestoredByJob, within deadline: Duration) async throws -> RestoredInstance {
        let service = try source.service()
        let limit = ContinuousClock.now + deadline
        do {
            return try await retryingWhileBusy(until: limit) {
                guard let made = try await service.describe(job.resource) else {
                    throw SnapshotError.failed(
                        doing: "find \(job.resource)",
                        reason: "it is not there any more: the time in which the test could be validated may be over")
                }
                guard made.tags.keys.contains(Self.testTag) else {
                    throw SnapshotError.failed(
                        doing: "show that \(job.resource) is of a test",
                        reason: "it has no tag \(Self.testTag), so nothing was asked of it")
                }
                let instance = job.resource.kind == .instance ? made : try await instance(of: made, service)
                guard instance.status == "available" else {
                    throw SnapshotError.failed(
                        doing: "make \(instance.identifier) available", reason: "its status is \(instance.status)")
                }
                return RestoredInstance(
                    source: source, snapshot: snapshot, service: service, resource: instance, age: .made(job.began))
            }
        } catch {
            throw snapshotError(error, doing: "describe \(job.resource)", patience: service.tool.patience)
        }
    }

    private func instance(of cluster: RDSResource, _ service: RDS) async throws -> RDSResource {
        let members = try await service.all(.instance).filter { $0.cluster == cluster.identifier }
        guard let member = members.first(where: { $0.status == "available" }) ?? members.first else {
            throw SnapshotError.failed(
                doing: "put an instance into the cluster \(cluster.identifier)",
                reason: "nobody can connect to a cluster without one: add one when the restore job has ended "
                    + "(aws rds create-db-instance --db-cluster-identifier=\(cluster.identifier) …)")
        }
        return member
    }
}

/// Who restored a snapshot, if that was AWS Backup.
package struct RestoredByJob: Sendable, Equatable {
    package let id: String
    /// The restore testing plan, by its ARN.
    package let testingPlan: String
    package let resource: RDSName
    package let began: Date
    /// How long it took, in seconds; nil if that is not known.
    package let seconds: Double?

    /// - Returns: nil if the ARN is not that of an instance or a cluster of RDS.
    package init?(_ job: RestoreJob, testingPlan: String, began: Date) {
        guard let resource = job.resource,
            let match = resource.wholeMatch(of: /arn:[a-z0-9-]+:rds:[a-z0-9-]*:[0-9]*:(db|cluster):([A-Za-z0-9-]+)/)
        else { return nil }
        id = job.id
        self.testingPlan = testingPlan
        self.resource = RDSName(match.1 == "db" ? .instance : .cluster, String(match.2))
        self.began = began
        seconds = job.seconds
    }
}
