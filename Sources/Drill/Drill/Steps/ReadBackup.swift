import Backup
import Findings
import Synchronization

/// The step `inspect`, and the step `digest` if it is time for it. Where both read the whole backup, they run side by side: so a slow
/// disk is read once, and two processors work. The digest is taken to its end also if the backup has flaws, because the report names
/// the backup by it.
/// - Parameter inspect: one of the two functions of that name.
/// - Throws: what the two steps throw. If ``Backup/Mistake``, the digest was not waited for: no report follows.
func read<Inspected: Sendable>(
    _ backup: BackupAtHand, _ drill: DrillContext, digest moment: DigestMoment,
    _ inspect: (SharedProgress) async throws -> Inspected
) async throws -> Inspected {
    let progress = SharedProgress(of: backup, drill)
    // A report names the phases in the order in which they began.
    if moment != .byRestore { drill.beginDigest() }
    guard moment == .besideInspection else { return try await inspect(progress) }
    async let digested: Void = digest(backup, drill, progress)
    let inspected = try await ended { try await inspect(progress) }
    progress.end(of: .inspect)
    try await digested
    return try inspected.get()
}

private func ended<Value>(_ body: () async throws -> Value) async throws -> Result<Value, any Error> {
    do {
        return .success(try await body())
    } catch let mistake as any Mistake {
        throw mistake
    } catch {
        return .failure(error)
    }
}

/// How far the steps are that read the same bytes: as far as the one that has most to read. It is told as progress of the drill.
final class SharedProgress: Sendable {
    private let steps = Mutex<[DrillPhase: (done: Int64, total: Int64)]>([:])
    private let total: Int64
    private let emit: DrillEventSink

    init(of backup: BackupAtHand, _ drill: DrillContext) {
        total = if case .files(let here) = backup { here.tree.bytes } else { 0 }
        emit = drill.emit
    }

    /// - Parameters:
    ///   - bytes: how many of them the step has read.
    ///   - total: how many there are for it; nil if that is the backup.
    func report(_ bytes: Int64, of phase: DrillPhase, total: Int64? = nil) {
        let own = (done: bytes, total: total ?? self.total)
        let slower = steps.withLock { steps in
            steps[phase] = own
            return steps.values.max { $0.total - $0.done < $1.total - $1.done } ?? own
        }
        emit(.progress(done: slower.done, total: slower.total, unit: .bytes))
    }

    /// The step reads no more, whether it read everything or not.
    func end(of phase: DrillPhase) { steps.withLock { $0[phase] = nil } }
}
