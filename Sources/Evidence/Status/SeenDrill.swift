import Findings
import FoundationEssentials
import Ledger
import Report

/// A drill that has ended, as its report or the ledger has it.
///
/// The ledger knows drills whose reports are gone, and a report may come from a time without a ledger.
package struct SeenDrill: Sendable, Equatable {
    package let started: Date
    package let verdict: Verdict
    package let cause: Cause?
    /// The name of the report's file.
    package let file: String?
    /// Nil if only the ledger knows of the drill.
    package let report: Report?

    /// All drills of a plan, in the order in which they started.
    static func all(of plan: String, in facts: StatusFacts) -> [SeenDrill] {
        var drills = facts.reports.filter { $0.report.plan == plan }.map { stored in
            SeenDrill(
                started: stored.report.started, verdict: stored.report.verdict, cause: stored.report.cause,
                file: stored.file, report: stored.report)
        }
        let reported = Set(drills.compactMap(\.report?.id))
        let begins = Dictionary(
            facts.entries.filter { $0.entry.kind == .started && $0.entry.plan == plan }.compactMap { numbered in
                numbered.entry.run.map { ($0, numbered.entry.time) }
            }, uniquingKeysWith: { first, _ in first })
        for entry in facts.entries.map(\.entry) where entry.kind == .finished && entry.plan == plan {
            guard let verdict = entry.verdict, let run = entry.run, !reported.contains(run) else { continue }
            drills.append(
                SeenDrill(
                    started: begins[run] ?? entry.time, verdict: verdict, cause: nil, file: entry.file, report: nil))
        }
        return drills.sorted { ($0.started, $0.file ?? "") < ($1.started, $1.file ?? "") }
    }
}
