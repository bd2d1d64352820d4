import Foundation

/// How long written objects cannot be deleted or overwritten (Amazon S3 User Guide, "Locking objects with Object
/// Lock").
package struct ObjectLock: Sendable, Equatable {
    package enum Mode: String, Codable, Sendable, CaseIterable {
        /// Accounts with a special permission still can.
        case governance
        /// No account can, not even the owner.
        case compliance

        /// The word for it in S3.
        var word: String { rawValue.uppercased() }
    }

    package var mode: Mode
    /// Counted from when an object is written.
    package var days: Int

    package init(mode: Mode, days: Int) {
        self.mode = mode
        self.days = days
    }

    /// The end of the lock of an object that is written now.
    var until: Date { Date(timeIntervalSinceNow: Double(days) * 86_400) }
}
