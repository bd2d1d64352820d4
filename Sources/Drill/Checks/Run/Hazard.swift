import Findings
import PlanFile

/// What a plan says about a kind of hazard.
///
/// A hazard is a risk of the source that the backup repeats exactly, such as a sequence behind its column. It is told and
/// counted. It fails the drill only where the plan says so.
package enum HazardRule: String, Sendable, CaseIterable {
    /// It is told, as without a plan.
    case tell
    case fail
}

extension Finding {
    /// A finding about a hazard.
    /// - Parameters:
    ///   - rule: what is said about this kind of hazard, and by whom; nil where nothing is said.
    ///   - reason: what may go wrong, and what to do about it.
    init(
        hazard subject: String, id: CheckID, expected: String, observed: String, reason: String,
        rule: Based<HazardRule>?
    ) {
        self.init(
            id: id, subject: subject, status: .passed, basis: .rule, expected: expected, observed: observed,
            reason: reason)
        if let rule, rule.demand == .fail {
            status = .failed
            basis = rule.basis
            cause = rule.basis.fault
        } else {
            hazard = true
        }
    }
}
