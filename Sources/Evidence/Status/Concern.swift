import Findings

/// Something that somebody must attend to.
package struct Concern: Sendable, Equatable {
    /// How soon.
    package enum Severity: Int, Sendable, Comparable {
        /// In the next days: a monitor warns.
        case soon = 1
        /// At once: a monitor alarms.
        case now = 2

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        package var word: String {
            switch self {
            case .soon: "soon"
            case .now: "now"
            }
        }
    }

    /// What it is about. The raw values are in metrics and in JSON, and so do not change.
    package enum Kind: String, Sendable, CaseIterable {
        /// There is a plan, and no drill of it.
        case neverDrilled = "never-drilled"
        /// The last drill that passed is longer ago than the plan wants a drill.
        case passTooOld = "pass-too-old"
        /// The last drill failed.
        case failing
        /// The last drill could not tell.
        case couldNotTell = "could-not-tell"
        /// What is measured against an objective grows from drill to drill.
        case worsening
        /// The newest backup that was drilled is older than the plan allows.
        case backupTooOld = "backup-too-old"
        /// A drill began and did not end.
        case unended
        /// A report waits for somebody's approval.
        case approval
        /// The time for a corrective action is over, and its finding is still open.
        case overdue
        /// Somebody could not be told of the last drill.
        case untold
        /// This machine's clock is behind what it reads.
        case clock
        /// A file that should be a report cannot be used.
        case unreadable
    }

    package let kind: Kind
    package let severity: Severity
    /// A sentence without its full stop, in the words of the plan's people.
    package let words: String

    init(_ kind: Kind, _ severity: Severity, _ words: String) {
        (self.kind, self.severity, self.words) = (kind, severity, words)
    }
}
