import Evidence
import Findings
import FoundationEssentials

/// How all plans stand.
package struct StatusOverview: Sendable {
    package let now: Date
    /// In the order of their names.
    package let plans: [PlanStatus]
    /// What is about no plan.
    package let concerns: [Concern]

    /// By how much clocks of machines may differ without a word, in seconds.
    private static let clockTolerance = 60.0

    package init(_ facts: StatusFacts) {
        now = facts.now
        let watched = facts.plans.map(\.name)
        let seen = facts.reports.map(\.report.plan) + facts.entries.compactMap(\.entry.plan)
        plans = Set(watched.isEmpty ? seen : watched).sorted().map { PlanStatus($0, facts) }
        concerns = Self.clock(facts) + facts.unreadable.map { Concern(.unreadable, .soon, $0) }
    }

    /// What was written by a clock that is ahead of this one.
    private static func clock(_ facts: StatusFacts) -> [Concern] {
        let times = facts.entries.map(\.entry.time) + facts.reports.map(\.report.finished)
        guard let newest = times.max() else { return [] }
        let behind = newest.timeIntervalSince(facts.now)
        guard behind > clockTolerance else { return [] }
        return [
            Concern(
                .clock, .now,
                "this machine's clock says \(Timestamp.plain(facts.now)), and a drill ended \(HumanUnits.duration(behind)) later: one of the clocks is wrong, and every age here with it"
            )
        ]
    }

    /// Nil if there is nothing to attend to.
    package var severity: Concern.Severity? { (plans.compactMap(\.severity) + concerns.map(\.severity)).max() }
}
