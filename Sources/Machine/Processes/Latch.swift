import Synchronization

/// A flag that is raised once and is read elsewhere.
package final class Latch: Sendable {
    private let raised = Mutex(false)

    package init() {}

    package var isRaised: Bool { raised.withLock { $0 } }

    package func raise() { raised.withLock { $0 = true } }
}
