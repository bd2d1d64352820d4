import Synchronization

/// Says when the time of a child is over, counted from the start or from the last ``restart()``.
final class Timer: Sendable {
    private let patience: Duration
    /// When the time is over; nil while the clock is stopped.
    private let limit: Mutex<ContinuousClock.Instant?>

    init(_ patience: Duration) {
        self.patience = patience
        limit = Mutex(.now + patience)
    }

    /// Stops the clock until ``restart()``.
    func pause() { limit.withLock { $0 = nil } }

    /// Starts the clock again, with the whole time.
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
