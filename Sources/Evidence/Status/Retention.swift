import Findings
import FoundationEssentials
import Ledger
import Report

/// Which reports may go because they are old. What somebody still needs stays, whatever its age.
package struct Retention: Sendable {
    /// A report that may go.
    package struct Removable: Sendable, Equatable {
        package let file: String
        /// Entries of the ledger about it: of its end, of its approvals and annotations.
        package let entries: [NumberedEntry]
    }

    /// A report that is old and stays.
    package struct Kept: Sendable, Equatable {
        package let file: String
        /// The end of a sentence: `it is the last one of its plan`.
        package let reason: String
    }

    /// In the order in which their drills ended.
    package private(set) var removable: [Removable] = []
    package private(set) var kept: [Kept] = []

    /// - Parameter before: reports of drills that ended before may go.
    package init(_ facts: StatusFacts, before: Date) {
        let byDigest = Dictionary(
            facts.entries.filter(\.isOfReport).map { ($0.entry.envelope ?? "", $0) }, uniquingKeysWith: { $1 })
        let exported = Set(facts.entries.filter { $0.entry.kind == .exported }.compactMap(\.entry.run))
        let waiting = Set(
            WaitingReports.all(in: facts.entries, refusing: facts.refusedApprovals).compactMap(\.entry.entry.envelope))
        let open = Set(facts.actions.items.filter(\.isOpen).map(\.reportFile))
        let byPlan = Dictionary(grouping: facts.reports) { $0.report.plan }
        for stored in facts.reports.sorted(by: { $0.report.finished < $1.report.finished })
        where stored.report.finished < before {
            let ofPlan = (byPlan[stored.report.plan] ?? []).sorted { $0.report.started < $1.report.started }
            let reason: String? =
                if byDigest[stored.sha256] == nil {
                    "the ledger has no entry of it, so nothing would be left of that drill"
                } else if ofPlan.last?.sha256 == stored.sha256 {
                    "it is of the last drill of plan \(stored.report.plan)"
                } else if ofPlan.last(where: { $0.report.verdict == .passed })?.sha256 == stored.sha256 {
                    "it is of the last drill of plan \(stored.report.plan) that passed"
                } else if open.contains(stored.file) {
                    "a corrective action for a finding in it is open"
                } else if waiting.contains(stored.sha256) {
                    "it waits for approval"
                } else if exported.contains(stored.report.id) {
                    "rows in cold storage were exported from what it checked"
                } else {
                    nil
                }
            if let reason {
                kept.append(Kept(file: stored.file, reason: reason))
            } else {
                let entries = facts.entries.filter {
                    $0.entry.envelope == stored.sha256 || $0.entry.report == stored.sha256
                }
                removable.append(Removable(file: stored.file, entries: entries))
            }
        }
    }
}
