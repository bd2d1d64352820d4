import Evidence
import Findings
import FoundationEssentials
import Ledger
import Report

/// How one plan stands.
package struct PlanStatus: Sendable {
    package let plan: String
    /// In the order in which they started.
    package let drills: [SeenDrill]
    /// Within how many seconds after a drill the next one must start; nil if the plan does not say.
    package let within: Double?
    /// The most urgent first.
    package let concerns: [Concern]

    package var last: SeenDrill? { drills.last }
    package var lastPass: SeenDrill? { drills.last { $0.verdict == .passed } }
    /// The last drill that has a report.
    package var lastReport: Report? { drills.last { $0.report != nil }?.report }
    /// Nil if there is nothing to attend to.
    package var severity: Concern.Severity? { concerns.first?.severity }

    package init(_ plan: String, _ facts: StatusFacts) {
        self.plan = plan
        drills = SeenDrill.all(of: plan, in: facts)
        let begins = facts.entries.filter { $0.entry.kind == .started && $0.entry.plan == plan }
        // A plan that is named says what holds from now on; the ledger has what held at the last drill.
        if let watched = facts.plans.first(where: { $0.name == plan }) {
            within = watched.within
        } else {
            within = begins.last?.entry.nextWithin.map(Double.init)
        }
        let rules = ConcernRules(plan: plan, drills: drills, begins: begins, within: within, facts: facts)
        concerns = rules.concerns.enumerated()
            .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }.map(\.element)
    }
}
