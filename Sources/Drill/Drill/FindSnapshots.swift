import AWS
import Crypto
import Fetch
import Findings
import Foundation
import PlanKeys
import Processes
import Restore
import Snapshots

/// The snapshots of a source that can be restored, the oldest first; one at least. If a restore job is named, the one that it has
/// restored.
/// - Throws: ``Fetch/FetchError``, `CancellationError`; errors of starting the tool.
func findSnapshots(_ source: SnapshotSource) async throws -> [SnapshotBackup] {
    let tool: AWSTool
    do {
        tool = try source.tool()
    } catch {
        throw FetchError.noProgram("aws", advice: NoAWSTool.advice)
    }
    do {
        return try await retryingWhileBusy(until: .now + source.patience) {
            if let job = source.restoreJob {
                return [try await SnapshotBackup(restoredBy: job, source, AWSBackup(tool: tool), RDS(tool: tool))]
            }
            return try await snapshots(of: source, RDS(tool: tool))
        }
    } catch let failure as AWSFailure {
        if failure.timedOut {
            throw FetchError.failed(
                program: "aws",
                reason:
                    "it did not answer within \(Int(source.patience / .seconds(1))) s (\(PlanKey.backupSnapshotPatience) of the plan)"
            )
        }
        if failure.saysNotFound(source.of.kind) { throw FetchError.nothingThere("There is no \(source.of).") }
        throw FetchError.failed(program: "aws", reason: failure.words)
    } catch let error as RDSAnswerError {
        throw FetchError.notUnderstood(program: "aws", what: error.description)
    }
}

private func snapshots(of source: SnapshotSource, _ service: RDS) async throws -> [SnapshotBackup] {
    let all = try await service.snapshots(of: source.of)
    if let other = all.first(where: { $0.engine != source.engine }) {
        throw FetchError.nothingThere(
            "The \(source.of) is of the engine \(other.engine): pgassay drills \(source.engine).")
    }
    let available = all.filter { $0.status == "available" && $0.created != nil }
    guard !available.isEmpty else {
        throw FetchError.nothingThere(
            """
            There is no snapshot of the \(source.of)\(all.isEmpty ? "" : " that is available"). If the name and the region are \
            right, then none has been made.
            """)
    }
    return available.sorted { ($0.created ?? "", $0.arn) < ($1.created ?? "", $1.arn) }
        .map { SnapshotBackup($0, of: source) }
}

extension SnapshotSource {
    fileprivate var engine: String { of.kind == .instance ? "postgres" : "aurora-postgresql" }
}

extension SnapshotBackup {
    /// The snapshot that a job of AWS Backup has restored.
    fileprivate init(
        restoredBy id: String, _ source: SnapshotSource, _ backups: AWSBackup, _ service: RDS
    ) async throws {
        let job: RestoreJob
        do {
            job = try await backups.restoreJob(id)
        } catch let failure as AWSFailure where failure.code == "ResourceNotFoundException" {
            throw FetchError.nothingThere(
                "AWS Backup has no restore job \(id): look at the id, the region and the account.")
        }
        guard job.status == "COMPLETED" else {
            let words = job.statusMessage.map { " (\($0))" } ?? ""
            throw FetchError.nothingThere(
                "The restore job \(id) is \(job.status)\(words): there is something to drill when it is COMPLETED.")
        }
        guard let testingPlan = job.testingPlan else {
            throw FetchError.nothingThere(
                "The restore job \(id) is of no restore testing plan: AWS Backup takes a result of a test alone.")
        }
        guard let began = job.began, let restored = RestoredByJob(job, testingPlan: testingPlan, began: began),
            let point = job.recoveryPoint?.wholeMatch(
                of: /arn:[a-z0-9-]+:rds:[a-z0-9-]*:[0-9]*:(snapshot|cluster-snapshot):(.+)/)
        else {
            throw FetchError.nothingThere(
                """
                The restore job \(id) has restored \(job.recoveryPoint ?? "nothing"), which is no snapshot of RDS or Aurora: \
                a continuous backup has none. Let the restore testing plan take snapshots.
                """)
        }
        let kind: RDSName.Kind = point.1 == "snapshot" ? .instance : .cluster
        guard let snapshot = try await service.snapshot(String(point.2), of: kind) else {
            throw FetchError.nothingThere(
                "The snapshot \(point.2), which the restore job \(id) has restored, is not there any more.")
        }
        guard snapshot.source == source.of.identifier, kind == source.of.kind, snapshot.engine == source.engine else {
            throw FetchError.nothingThere(
                """
                The restore job \(id) has restored a snapshot of the \(RDSName(kind, snapshot.source)) (\(snapshot.engine)), and the \
                plan is of the \(source.of) (\(source.engine)): take the plan of that one.
                """)
        }
        self.init(snapshot, of: source, restoredBy: restored)
    }

    /// SHA-256 of what AWS says of the snapshot and what never changes of it: there are no bytes to read.
    var digest: [String: String] {
        get throws { ["sha256": Hex.encode(SHA256.hash(data: try snapshot.canonicalDescription))] }
    }
}
