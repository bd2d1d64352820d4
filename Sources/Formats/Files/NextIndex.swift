import Synchronization

/// Shares work among tasks: gives out the numbers from 0 up to an end, each once.
package final class NextIndex: Sendable {
    private let next = Mutex(0)
    private let end: Int

    package init(below end: Int) { self.end = end }

    /// - Returns: nil when all are given out.
    package func take() -> Int? {
        next.withLock { next in
            guard next < end else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
