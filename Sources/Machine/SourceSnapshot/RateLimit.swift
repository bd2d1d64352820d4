/// Limits how many bytes a second all its callers together may pass. Unused capacity is saved for one second at most.
package actor RateLimit {
    private let bytesPerSecond: Double
    private var next = ContinuousClock.now

    /// - Parameter bytesPerSecond: more than 0.
    package init(bytesPerSecond: Int64) { self.bytesPerSecond = Double(bytesPerSecond) }

    /// Waits until bytes that have passed are within the limit.
    /// - Throws: `CancellationError`.
    package func pass(_ bytes: Int) async throws {
        let now = ContinuousClock.now
        next = max(next, now - .seconds(1)) + .seconds(Double(bytes) / bytesPerSecond)
        if next > now { try await Task.sleep(until: next, clock: .continuous) }
    }
}
