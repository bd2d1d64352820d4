import Synchronization

/// Says when a child has had time enough: once, or since it was last heard of.
final class Timer<Time: Clock>: Sendable where Time.Duration == Duration {
    private let patience: Duration
    private let clock: Time
    /// When it has had enough; nil while nothing is expected of it.
    private let limit: Mutex<Time.Instant?>

    init(_ patience: Duration, clock: Time = ContinuousClock()) {
        self.patience = patience
        self.clock = clock
        limit = Mutex(clock.now.advanced(by: patience))
    }

    /// From now on no time passes for it.
    func pause() { limit.withLock { $0 = nil } }

    /// All the time that it has begins again.
    func restart() { limit.withLock { $0 = clock.now.advanced(by: patience) } }

    /// Returns when time is up.
    /// - Throws: `CancellationError`.
    func wait() async throws {
        while true {
            let now = clock.now
            let limit = limit.withLock { $0 } ?? now.advanced(by: patience)
            if limit <= now { return }
            try await clock.sleep(until: limit, tolerance: nil)
        }
    }
}
