import Synchronization

/// True once.
final class Counter: Sendable {
    private let isUsed = Mutex(false)

    var isFirst: Bool {
        isUsed.withLock { used in
            defer { used = true }
            return !used
        }
    }
}
