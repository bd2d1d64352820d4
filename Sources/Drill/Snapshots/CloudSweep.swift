import AWS
import Foundation
import Scratch
import SystemPackage

/// Deletes what drills left in AWS because they were killed before they could delete it: `pgassay clean --aws`.
///
/// It deletes only what has the name and the tags of a drill, and whose drill is provably over: its time to live has
/// passed, which also ends the drill itself; or it ran on this machine, and the kernel has released its lock because it
/// died.
package struct CloudSweep: Sendable {
    package enum Outcome: Sendable, Equatable {
        case removed
        /// It may be in use; the reason for that.
        case inUse(String)
        case failed(String)
    }

    package struct Entry: Sendable, Equatable {
        package let name: String
        package let outcome: Outcome
    }

    private let service: RDS
    private let locks: FilePath
    private let deadline: Duration

    /// - Parameters:
    ///   - locks: the directory in which drills of this machine have their locks.
    ///   - deadline: for deleting each resource.
    /// - Throws: ``SnapshotError/noTool(_:)``.
    package init(locks: FilePath, patience: Duration, deadline: Duration) throws(SnapshotError) {
        do {
            service = RDS(tool: try AWSTool(patience: patience))
        } catch {
            throw .noTool(error.description)
        }
        self.locks = locks
        self.deadline = deadline
    }

    /// The resources that one drill left.
    private struct Leftover {
        var parts: [(name: RDSName, tags: SnapshotTags)] = []
    }

    /// - Parameter note: called with a line about each step.
    /// - Throws: ``SnapshotError``, `CancellationError`; errors of starting the tool.
    package func sweep(note: @escaping @Sendable (String) -> Void) async throws -> [Entry] {
        var found: [String: Leftover] = [:]
        // Instances come first: a cluster can be deleted only after its instances.
        for kind in [RDSName.Kind.instance, .cluster] {
            for resource in try await all(kind) {
                let drill =
                    resource.identifier.hasSuffix("-1")
                    ? String(resource.identifier.dropLast(2)) : resource.identifier
                guard ScratchDirectory.isName(drill), let tags = SnapshotTags(found: resource.tags) else { continue }
                let name = RDSName(kind, resource.identifier, isInCluster: resource.cluster != nil)
                found[drill, default: Leftover()].parts.append((name, tags))
            }
        }
        var entries: [Entry] = []
        for (drill, leftover) in found.sorted(by: { $0.key < $1.key }) {
            entries += await remove(leftover, of: drill, note: note)
        }
        forgetExpiredLocks(besides: Set(found.keys))
        return entries
    }

    private func all(_ kind: RDSName.Kind) async throws -> [RDSResource] {
        do {
            return try await retryingWhileBusy(until: .now + deadline) { try await service.all(kind) }
        } catch {
            throw snapshotError(error, doing: "list \(kind.rawValue)s", patience: service.tool.patience)
        }
    }

    private func remove(
        _ leftover: Leftover, of drill: String, note: @escaping @Sendable (String) -> Void
    ) async -> [Entry] {
        let expires = leftover.parts.map(\.tags.expires).max() ?? .distantFuture
        let state = DrillLock.state(of: drill, below: locks)
        var lock: DrillLock?
        switch state {
        case .lives: return entries(leftover, .inUse("its drill runs on this machine"))
        case .dead(let dead): lock = dead
        case .unknown where expires < Date(): break
        case .unknown:
            let host = leftover.parts[0].tags.host
            return entries(
                leftover,
                .inUse("by a drill on \(host), as far as can be told here, until \(expires.formatted(.iso8601))"))
        }
        var entries: [Entry] = []
        for (name, tags) in leftover.parts {
            do {
                try await RemoveFromCloud(service: service, name: name, tags: tags, deadline: deadline, note: note)
                    .perform()
                entries.append(Entry(name: "\(name)", outcome: .removed))
            } catch {
                let reason = String(describing: error)
                entries.append(Entry(name: "\(name)", outcome: .failed(reason)))
                lock = nil
                break
            }
        }
        lock?.remove()
        return entries
    }

    private func entries(_ leftover: Leftover, _ outcome: Outcome) -> [Entry] {
        leftover.parts.map { Entry(name: "\($0.name)", outcome: outcome) }
    }

    /// A lock may belong to a drill in another region or account, which is not searched here. Once its time is over, it
    /// is not needed any more.
    private func forgetExpiredLocks(besides drills: Set<String>) {
        for name in DrillLock.names(below: locks) where !drills.contains(name) {
            if case .dead(let lock) = DrillLock.state(of: name, below: locks), lock.hasExpired { lock.remove() }
        }
    }
}
