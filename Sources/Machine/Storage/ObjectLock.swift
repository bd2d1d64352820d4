import Foundation

/// How long nobody may delete or overwrite what was written (Amazon S3 User Guide, "Locking objects with Object Lock").
package struct ObjectLock: Sendable, Equatable {
    package enum Mode: String, Codable, Sendable, CaseIterable {
        /// Whoever has a special permission may.
        case governance
        /// Nobody at all, the owner of the account included.
        case compliance

        /// As S3 has it.
        var word: String { rawValue.uppercased() }
    }

    package var mode: Mode
    /// Counted from when an object is written.
    package var days: Int

    package init(mode: Mode, days: Int) {
        self.mode = mode
        self.days = days
    }

    /// Until when an object that is written now is kept.
    var until: Date { Date(timeIntervalSinceNow: Double(days) * 86_400) }
}
