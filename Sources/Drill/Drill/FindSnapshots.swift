import AWS
import Crypto
import Fetch
import Findings
import PlanKeys
import Processes
import Restore
import Snapshots

/// The snapshots of a source that can be restored, the oldest first; one at least.
/// - Throws: ``Fetch/FetchError``, `CancellationError`; errors of starting the tool.
func findSnapshots(_ source: SnapshotSource) async throws -> [SnapshotBackup] {
    let service: RDS
    do {
        service = try source.service()
    } catch {
        throw FetchError.noProgram("aws", advice: NoAWSTool.advice)
    }
    let all: [RDSSnapshot]
    do {
        all = try await retryingWhileBusy(until: .now + source.patience) { try await service.snapshots(of: source.of) }
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
    let engine = source.of.kind == .instance ? "postgres" : "aurora-postgresql"
    if let other = all.first(where: { $0.engine != engine }) {
        throw FetchError.nothingThere("The \(source.of) is of the engine \(other.engine): pgassay drills \(engine).")
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

extension SnapshotBackup {
    /// SHA-256 of what AWS says of the snapshot and what never changes of it: there are no bytes to read.
    var digest: [String: String] {
        get throws { ["sha256": Hex.encode(SHA256.hash(data: try snapshot.canonicalDescription))] }
    }
}
