import Findings
import FoundationEssentials
import Report

extension ReportPage {
    /// When each phase ran. Phases overlap, so each has a line of its own, drawn on one scale.
    struct Timeline: Sendable {
        let rows: [Span]
        /// The whole drill: the scale.
        let total: String
        let words: String
    }

    struct Span: Sendable {
        let name: String
        /// How long after the begin of the drill.
        let after: String
        let took: String
        /// Part of the recovery time.
        let isRecovery: Bool
        /// Of a scale of 1000.
        let left: String
        let width: String
    }
}

extension ReportPage.Timeline {
    init?(_ report: Report) {
        let last = report.phases.map { $0.started.timeIntervalSince(report.started) + $0.seconds }.max() ?? 0
        let length = max(report.finished.timeIntervalSince(report.started), last)
        guard !report.phases.isEmpty, length.isFinite, length > 0 else { return nil }
        rows = report.phases.map { phase in
            let after = phase.started.timeIntervalSince(report.started)
            // A phase of a moment is still seen.
            let width = min(1000, max(4, phase.seconds / length * 1000))
            let left = min(max(0, after / length * 1000), 1000 - width)
            return ReportPage.Span(
                name: phase.name, after: HumanUnits.duration(max(0, after)), took: HumanUnits.duration(phase.seconds),
                isRecovery: DrillPhase(rawValue: phase.name)?.isRecovery == true,
                left: Numeral.text(left, places: 1), width: Numeral.text(width, places: 1))
        }
        total = HumanUnits.duration(length)
        let longest = report.phases.max { $0.seconds < $1.seconds }
        words = longest.map { "The longest phase was \($0.name), with \(HumanUnits.duration($0.seconds))." } ?? ""
    }
}
