import FoundationEssentials
import Ledger
import Report

/// What is known of all plans: verified reports, verified entries of the ledger, and the plans themselves where they are named.
package struct StatusFacts: Sendable {
    /// A report: the name of its file, its SHA-256, and what it says.
    package typealias StoredReport = (file: String, sha256: String, report: Report)

    /// A plan that somebody wants watched.
    package struct WatchedPlan: Sendable {
        package let name: String
        /// Within how many seconds after a drill the next one must start; nil if the plan does not say.
        package let within: Double?

        package init(name: String, within: Double?) { (self.name, self.within) = (name, within) }
    }

    /// Of drills that ended.
    package var reports: [StoredReport]
    /// Files that end as reports do and cannot be used, each with the reason.
    package var unreadable: [String]
    /// In their order; none where there is no ledger.
    package var entries: [NumberedEntry]
    package var actions: CorrectiveActions
    /// Approvals that do not count for the reader, by the SHA-256 of their files.
    package var refusedApprovals: Set<String> = []
    /// Where there are some, no other plan is looked at.
    package var plans: [WatchedPlan]
    package var now: Date

    package init(
        reports: [StoredReport], unreadable: [String] = [], entries: [NumberedEntry], actions: CorrectiveActions,
        plans: [WatchedPlan] = [], now: Date = Date()
    ) {
        self.reports = reports
        self.unreadable = unreadable
        self.entries = entries
        self.actions = actions
        self.plans = plans
        self.now = now
    }
}
