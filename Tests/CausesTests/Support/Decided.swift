import Causes
import Findings

/// What was said of an error, and which row of the table decided it.
struct Decided: Sendable, CustomStringConvertible {
    let rule: String
    /// SQLSTATE or the program's words.
    let says: String

    var description: String { "\(rule): \(says)" }

    init(rule: String, says: String) {
        self.rule = rule
        self.says = says
    }

    init(_ rule: CauseRule, says: String) { self.init(rule: rule.id, says: says) }

    /// From a finding of a report, which tells a row by its reason.
    /// - Returns: nil when no row gives that reason and that cause.
    init?(_ finding: Finding) {
        guard let reason = finding.reason, finding.status != .notRun else { return nil }
        let words = reason.trimmingPrefix("harmless: ")
        let rule = causeTable.first {
            words.hasPrefix($0.reason) && $0.cause == finding.cause && $0.status == finding.status
        }
        guard let rule else { return nil }
        self.init(rule, says: "\(finding.observed ?? "") \(finding.subject)")
    }
}
