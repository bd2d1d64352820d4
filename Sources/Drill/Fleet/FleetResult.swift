import Findings

/// What came of one plan of a fleet.
package struct FleetResult: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// It was drilled.
        /// - report: the name of the report's file.
        /// - unrecorded: why the ledger does not have all of it; nil if it has, or if the verdict is worse than that.
        case ended(Verdict, Cause?, report: String, unrecorded: String?)
        /// The plan is wrong, or there is no backup: nothing was drilled.
        case mistake(String)
        /// The drill gave no report.
        case noReport(String)
        /// Another process drills this plan.
        case skipped
    }

    package let plan: String
    package let outcome: Outcome
    /// How long it took, in seconds.
    package let seconds: Double

    package init(plan: String, outcome: Outcome, seconds: Double) {
        (self.plan, self.outcome, self.seconds) = (plan, outcome, seconds)
    }

    /// Whether it could not tell because of this machine, which other drills kept busy.
    var deservesAnotherTry: Bool {
        switch outcome {
        case .ended(.inconclusive, .environment, _, _), .noReport: true
        default: false
        }
    }
}
