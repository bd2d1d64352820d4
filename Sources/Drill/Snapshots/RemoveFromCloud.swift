import AWS
import Foundation

/// Deletes an instance or a cluster, and proves that it is gone.
struct RemoveFromCloud {
    let service: RDS
    let name: RDSName
    /// It has all of these, or it is not deleted.
    let tags: SnapshotTags
    /// It was ordered and nobody knows whether it was made; else it is known to have been there.
    var isUncertain = false
    let deadline: Duration
    var note: (String) -> Void = { _ in }

    /// How often what was perhaps made must not be found: the service may list late what it was asked for.
    private static let looks = 3

    /// - Throws: ``SnapshotError`` and others when it is not proved to be gone.
    func perform() async throws {
        let limit = ContinuousClock.now + deadline
        var (pauses, missed, ordered) = (Pauses(), 0, false)
        while true {
            let found = try await ask("describe \(name)", until: limit) { try await service.describe(name) }
            if let found {
                guard tags.areAll(in: found.tags) else {
                    // Not the one that we made, whatever its name.
                    throw SnapshotError.failed(doing: "delete \(name)", reason: "it has not the tags of this drill")
                }
                if found.status != "deleting" || !ordered { ordered = try await order(until: limit) || ordered }
            } else {
                missed += 1
                // What is known to have been made and is not listed yet may be listed later.
                if ordered || missed == Self.looks { return }
                if !isUncertain { ordered = try await order(until: limit) }
            }
            guard .now < limit else { throw SnapshotError.stillThere(seconds: deadline / .seconds(1)) }
            try await pauses.wait()
        }
    }

    /// - Returns: whether the service deletes it now, or has done so.
    private func order(until limit: ContinuousClock.Instant) async throws -> Bool {
        do {
            try await ask("delete \(name)", until: limit) { try await service.order(name.deletion) }
            note("deleting \(name)")
            return true
        } catch let failure as AWSFailure where failure.saysNotFound(name.kind) {
            return false
        } catch let failure as AWSFailure where failure.saysNotNow {
            // It is being made, or deleted already: the next look says which.
            return false
        }
    }

    private func ask<Result>(
        _ doing: String, until limit: ContinuousClock.Instant, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await persistently(until: limit, body)
        } catch let failure as AWSFailure where failure.saysNotFound(name.kind) || failure.saysNotNow {
            throw failure
        } catch {
            throw snapshotError(error, doing: doing, patience: service.tool.patience)
        }
    }
}

extension RDSName {
    /// What a person runs to delete it.
    func deletionCommand(region: String) -> String {
        "aws \(deletion.joined(separator: " "))" + (region.isEmpty ? "" : " --region=\(region)")
    }
}
