import AWS
import Foundation
import Restore
import Scratch
import Synchronization

/// What is created in a cloud for one drill: an instance, or a cluster with an instance in it.
final class SnapshotServer: Sendable {
    let snapshot: RDSSnapshot
    let source: SnapshotSource
    let service: RDS
    let name: String
    let tags: SnapshotTags
    let emit: RestoreEventSink
    /// When the drill began to create it.
    let began = ContinuousClock.now
    /// What was ordered, in this order, and whether it is uncertain that it was created.
    private let ordered = Mutex<[(name: RDSName, isUncertain: Bool)]>([])

    init(
        of snapshot: RDSSnapshot, _ source: SnapshotSource, _ service: RDS, name: String, tags: SnapshotTags,
        emit: @escaping RestoreEventSink
    ) {
        self.snapshot = snapshot
        self.source = source
        self.service = service
        self.name = name
        self.tags = tags
        self.emit = emit
    }

    private var isCluster: Bool { source.of.kind == .cluster }

    var instance: RDSName { RDSName(.instance, isCluster ? "\(name)-1" : name, isInCluster: isCluster) }

    // MARK: Making it

    /// - Returns: the instance that was created.
    /// - Throws: ``SnapshotError``, `CancellationError`; errors of starting the tool.
    func make(within deadline: Duration) async throws -> RDSResource {
        let limit = began + deadline
        switch source.of.kind {
        case .instance:
            try await order(instance, restoringInstance, until: limit)
        case .cluster:
            let cluster = RDSName(.cluster, name)
            try await order(cluster, restoringCluster, until: limit)
            _ = try await wait(for: cluster, until: limit, deadline)
            try await order(instance, addingInstance, until: limit)
        }
        let made = try await wait(for: instance, until: limit, deadline)
        guard made.isPublic != true else { throw SnapshotError.isPublic("\(instance)") }
        return made
    }

    private var restoringInstance: [String] {
        [
            "rds", "restore-db-instance-from-db-snapshot", "--db-instance-identifier=\(instance.identifier)",
            "--db-snapshot-identifier=\(snapshot.identifier)", "--db-instance-class=\(source.instanceClass)",
            "--no-publicly-accessible", "--no-multi-az", "--no-deletion-protection", "--no-auto-minor-version-upgrade",
        ] + network + login + [tags.option]
    }

    private var restoringCluster: [String] {
        [
            "rds", "restore-db-cluster-from-snapshot", "--db-cluster-identifier=\(name)",
            "--snapshot-identifier=\(snapshot.identifier)", "--engine=\(snapshot.engine)", "--no-deletion-protection",
        ] + network + login + [tags.option]
    }

    private var addingInstance: [String] {
        [
            "rds", "create-db-instance", "--db-instance-identifier=\(instance.identifier)",
            "--db-cluster-identifier=\(name)", "--db-instance-class=\(source.instanceClass)",
            "--engine=\(snapshot.engine)", "--no-publicly-accessible", "--no-auto-minor-version-upgrade", tags.option,
        ]
    }

    private var network: [String] {
        let groups = source.securityGroups.map { "\"\($0)\"" }.joined(separator: ",")
        return ["--vpc-security-group-ids=[\(groups)]"]
            + (source.subnetGroup.map { ["--db-subnet-group-name=\($0)"] } ?? [])
    }

    private var login: [String] { source.login == .token ? ["--enable-iam-database-authentication"] : [] }

    /// Orders it; records that first, so that no error can lose it.
    private func order(_ name: RDSName, _ arguments: [String], until limit: ContinuousClock.Instant) async throws {
        try Task.checkCancellation()
        ordered.withLock { $0.append((name, true)) }
        var isRepeated = false
        do {
            try await retryingWhileBusy(until: limit, onBusy: say) {
                do {
                    // Never stopped half way: it would be unknown whether the resource was created.
                    try await Task { try await service.order(arguments) }.value
                } catch let failure as AWSFailure where failure.saysAlreadyThere && isRepeated {
                    // It was created by the order that got no answer, or by somebody else: its tags say which.
                } catch {
                    isRepeated = isRepeated || (error as? AWSFailure)?.kind == .unanswered
                    throw error
                }
            }
        } catch {
            // An order that was refused has created nothing. If somebody else has the name, the resource is not ours.
            if let failure = error as? AWSFailure, failure.kind != .unanswered, !isRepeated {
                ordered.withLock { _ = $0.removeLast() }
            }
            throw snapshotError(error, doing: "make \(name)", patience: service.tool.patience)
        }
        if !isRepeated { ordered.withLock { $0[$0.count - 1].isUncertain = false } }
        emit(.note("ordered \(name)"))
    }

    private func say(_ failure: AWSFailure) { emit(.note("AWS asks to wait: \(failure.code ?? "no answer")")) }

    /// Waits until it is ready, and reports each change of its state.
    private func wait(
        for name: RDSName, until limit: ContinuousClock.Instant, _ deadline: Duration
    ) async throws -> RDSResource {
        var (pauses, status) = (Pauses(), "not listed yet")
        while true {
            let found: RDSResource?
            do {
                found = try await retryingWhileBusy(until: limit, onBusy: say) {
                    try await service.describe(name)
                }
            } catch {
                throw snapshotError(error, doing: "describe \(name)", patience: service.tool.patience)
            }
            if let found {
                guard tags.areAll(in: found.tags) else {
                    throw SnapshotError.failed(
                        doing: "make \(name)",
                        reason: "a resource of that name exists and was not created by this drill")
                }
                if found.status != status { emit(.note("\(name): \(found.status)")) }
                status = found.status
                if status == "available" { return found }
                if Self.isHopeless(status) { throw SnapshotError.gaveUp("\(name)", status: status) }
            }
            emit(.item("\(name): \(status)"))
            guard .now < limit else {
                throw SnapshotError.notInTime("\(name)", status: status, seconds: deadline / .seconds(1))
            }
            try await pauses.wait()
        }
    }

    /// A resource in one of these states does not get ready without help (AWS documentation, "Viewing Amazon RDS DB
    /// instance status").
    private static func isHopeless(_ status: String) -> Bool {
        status.hasPrefix("incompatible-") || status.hasPrefix("inaccessible-")
            || [
                "failed", "restore-error", "insufficient-capacity", "storage-full", "deleting", "stopped", "stopping",
                "migration-failed", "cloning-failed",
            ].contains(status)
    }

    // MARK: Removing it

    /// Deletes all that was ordered: the instance first, because a cluster with an instance cannot be deleted.
    /// - Returns: true if nothing is left.
    func remove(within deadline: Duration, _ cleanup: CleanupLog) async -> Bool {
        for (name, isUncertain) in ordered.withLock({ $0 }).reversed() {
            let removal = RemoveFromCloud(
                service: service, name: name, tags: tags, isUncertain: isUncertain, deadline: deadline,
                note: { self.emit(.note($0)) })
            do {
                try await removal.perform()
                cleanup.record("\(name)", removed: true, verified: "AWS does not find it any more")
            } catch {
                let reason = String(describing: error)
                cleanup.record(
                    "\(name)", removed: false,
                    verified: """
                        \(reason); it may still cost money: \(name.deletionCommand(region: snapshot.region)), or \
                        pgassay clean --aws
                        """)
                // The cluster cannot be deleted before its instance.
                if name.isInCluster {
                    let cluster = RDSName(.cluster, self.name)
                    cleanup.record(
                        "\(cluster)", removed: false,
                        verified: "its instance is not known to be gone; then: "
                            + cluster.deletionCommand(region: snapshot.region))
                }
                return false
            }
        }
        return true
    }
}
