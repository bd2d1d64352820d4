import AWS
import Foundation

/// Deletes an instance or a cluster, and proves that it is gone.
struct RemoveFromCloud {
    let service: RDS
    let name: RDSName
    /// It is deleted only if it has all of these tags.
    let tags: SnapshotTags
    /// True if it was ordered and it is not known whether it was created; false if it is known to have existed.
    var isUncertain = false
    let deadline: Duration
    var note: (String) -> Void = { _ in }

    /// How often a resource that was perhaps created must be missing to count as gone: the service may list a new one
    /// late.
    private static let looks = 3

    /// - Throws: ``SnapshotError`` and others if it is not proved to be gone.
    func perform() async throws {
        let limit = ContinuousClock.now + deadline
        var (pauses, missed, ordered) = (Pauses(), 0, false)
        while true {
            let found = try await ask("describe \(name)", until: limit) { try await service.describe(name) }
            if let found {
                guard tags.areAll(in: found.tags) else {
                    // It has our name, but it is not the one that we created.
                    throw SnapshotError.failed(
                        doing: "delete \(name)", reason: "it does not have this drill's tags, so it was not deleted")
                }
                if found.status != "deleting" || !ordered { ordered = try await order(until: limit) || ordered }
            } else {
                missed += 1
                // A resource that is known to have been created, and is not listed yet, may be listed later.
                if ordered || missed == Self.looks { return }
                if !isUncertain { ordered = try await order(until: limit) }
            }
            guard .now < limit else { throw SnapshotError.stillThere(seconds: deadline / .seconds(1)) }
            try await pauses.wait()
        }
    }

    /// - Returns: true if the service accepted the deletion.
    private func order(until limit: ContinuousClock.Instant) async throws -> Bool {
        do {
            try await ask("delete \(name)", until: limit) { try await service.order(name.deletion) }
            note("deleting \(name)")
            return true
        } catch let failure as AWSFailure where failure.saysNotFound(name.kind) {
            return false
        } catch let failure as AWSFailure where failure.saysNotNow {
            // It is being created, or is already being deleted: the next look shows which.
            return false
        }
    }

    private func ask<Result>(
        _ doing: String, until limit: ContinuousClock.Instant, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await retryingWhileBusy(until: limit, body)
        } catch let failure as AWSFailure where failure.saysNotFound(name.kind) || failure.saysNotNow {
            throw failure
        } catch {
            throw snapshotError(error, doing: doing, patience: service.tool.patience)
        }
    }
}

extension RDSName {
    /// The command with which a person deletes it.
    func deletionCommand(region: String) -> String {
        "aws \(deletion.joined(separator: " "))" + (region.isEmpty ? "" : " --region=\(region)")
    }
}
