import Synchronization

/// Says when a child has had time enough: once, or since it was last heard of.
final class Timer: Sendable {
    private let patience: Duration
    /// When it has had enough; nil while nothing is expected of it.
    private let limit: Mutex<ContinuousClock.Instant?>

    init(_ patience: Duration) {
        self.patience = patience
        limit = Mutex(.now + patience)
    }

    /// From now on no time passes for it.
    func pause() { limit.withLock { $0 = nil } }

    /// All the time that it has begins again.
    func restart() { limit.withLock { $0 = .now + patience } }

    /// Returns when time is up.
    /// - Throws: `CancellationError`.
    func wait() async throws {
        while true {
            let now = ContinuousClock.now
            let limit = limit.withLock { $0 } ?? now + patience
            if limit <= now { return }
            try await Task.sleep(until: limit, clock: .continuous)
        }
    }
}
