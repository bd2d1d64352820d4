import Synchronization

/// Records what a drill removed at its end, and how each removal was verified. It is filled while scopes close, also
/// when they close because of an error, and is read after they have closed.
package final class CleanupLog: Sendable {
    package struct Entry: Sendable, Equatable {
        package let what: String
        package let removed: Bool
        /// How we know, or why it could not be removed.
        package let verified: String
    }

    /// The entry's `verified` text for what `--keep-scratch` leaves.
    package static let keptOnRequest = "kept on request"

    private let storage = Mutex<[Entry]>([])

    package init() {}

    package var entries: [Entry] { storage.withLock { $0 } }

    package func record(_ what: String, removed: Bool, verified: String) {
        storage.withLock { $0.append(Entry(what: what, removed: removed, verified: verified)) }
    }
}
