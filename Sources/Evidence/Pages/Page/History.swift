import Evidence
import Findings
import FoundationEssentials
import Report

/// Earlier drills of a plan beside each other.
package struct History: Sendable {
    /// Whether there is something to see.
    let isShown: Bool
    /// What it is, or why there is none.
    let words: String
    let charts: [Chart]
    /// The newest first.
    let rows: [Row]

    struct Row: Sendable {
        let started: String
        let startedMachine: String
        let mark: Mark
        let recoveryTime: String
        let recoveryPoint: String
        let size: String
        let duration: String
        /// The drill of this page.
        let isThis: Bool
        /// The page of that drill, where there is one.
        let link: String?
    }

    /// More drills than these are not drawn: the newest are.
    static let most = 60

    init(_ history: ReportHistory, of report: Report) {
        switch history {
        case .none(let words): self.init(words: words)
        case .drills(let all):
            let earlier = all.filter { $0.plan == report.plan && $0.id != report.id && $0.started <= report.started }
            self.init((earlier + [report]).map { ($0, nil) }, this: report.id)
        }
    }

    private init(words: String) {
        (isShown, self.words, charts, rows) = (false, words, [], [])
    }

    /// - Parameters:
    ///   - drills: verified, of one plan, with the page of each; in the order in which they started.
    ///   - this: the id of the drill whose page it is.
    package init(_ drills: [(report: Report, link: String?)], this: String? = nil) {
        let shown = drills.suffix(Self.most)
        let reports = shown.map(\.report)
        isShown = reports.count > 1
        words =
            reports.count > 1
            ? "\(drills.count > Self.most ? "The newest \(reports.count) of \(drills.count)" : "\(reports.count)") drills of this plan, from \(Timestamp.day(reports[0].started)) to \(Timestamp.day(reports[reports.count - 1].started)). The signature of each was verified."
            : "There is no earlier drill of this plan whose signature is good."
        charts = Chart.all(of: reports)
        rows = shown.reversed().map { report, link in Row(report, isThis: report.id == this, link: link) }
    }
}

extension History.Row {
    fileprivate init(_ report: Report, isThis: Bool, link: String?) {
        func text(_ objective: Report.Objective?) -> String { objective?.measured.map(HumanUnits.duration) ?? "–" }
        started = Timestamp.plain(report.started)
        startedMachine = Timestamp.machine(report.started)
        mark = Mark(report.verdict, report.cause)
        recoveryTime = text(report.objectives.recoveryTime)
        recoveryPoint = text(report.objectives.recoveryPoint)
        size = report.backup.bytes.map(HumanUnits.bytes) ?? "–"
        duration = HumanUnits.duration(report.finished.timeIntervalSince(report.started))
        self.isThis = isThis
        self.link = link
    }
}
