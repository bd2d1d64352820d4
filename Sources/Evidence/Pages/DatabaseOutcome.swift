import Findings
import Report

/// What came of one of several databases that a drill checked.
struct DatabaseOutcome {
    let name: String
    let mark: Mark
    /// `40 passed, 1 failed`.
    let outcome: String

    /// Each that was checked; empty where that is one.
    static func all(of report: Report) -> [DatabaseOutcome] {
        let byDatabase = Dictionary(grouping: report.checks.filter { $0.status != .notRun }) { $0.database }
        return (report.backup.databases ?? []).map { DatabaseOutcome($0, byDatabase[$0] ?? []) }
    }

    private init(_ name: String, _ asked: [Finding]) {
        self.name = name
        let statuses = Set(asked.map(\.status))
        mark =
            if statuses.contains(.failed) {
                .bad("failed")
            } else if statuses.contains(.inconclusive) {
                .unsure("inconclusive")
            } else {
                asked.isEmpty ? .plain("not asked") : .good("passed")
            }
        outcome = ReportText.outcome(of: asked)
    }
}

extension ReportText {
    /// A line for each of several databases: what came of it, in numbers.
    static func databases(_ report: Report) -> [String] {
        columns(DatabaseOutcome.all(of: report).map { [$0.name, $0.mark.word, $0.outcome] })
    }
}
