import Findings
import Report

/// A report as text for a tired person: the verdict first, then what is wrong and what could not be told, then the
/// rest.
package enum ReportText {
    /// - Parameter color: whether the text is for a terminal that shows colours; if not, it is plain text.
    /// - Returns: lines that end in a newline. Text that comes from the backup is made harmless for a terminal.
    package static func render(_ report: Report, color: Bool) -> String {
        let style = TextStyle(color: color)
        let sections =
            checkSections(report.checks)
            + [
                Section(title: "Objectives", lines: objectives(report.objectives)),
                Section(title: "Phases", lines: phases(report.phases)),
                Section(title: "Backup", lines: backup(report.backup)),
                Section(title: "Drill", lines: drill(report)),
                Section(title: "Environment", lines: environment(report.environment)),
                Section(title: "Cleanup", lines: cleanup(report.cleanup)),
            ]
        return unwalled(report, style) + verdict(report.verdict, report.cause, checks: report.checks, color: color)
            + summary(report) + "\n" + text(of: sections, style)
    }

    /// What comes before the verdict: that nothing kept the backup from changing it.
    private static func unwalled(_ report: Report, _ style: TextStyle) -> String {
        guard let first = report.environment.isolation.first, first.hasPrefix("NO WALLS") else { return "" }
        return style.apply(.bad, TextStyle.harmless(first)) + "\n"
    }

    /// The results of checks, as in a whole report: failed, could not be told, not run, worth knowing, then a line for
    /// each check.
    package static func render(checks: [Finding], color: Bool) -> String {
        text(of: checkSections(checks), TextStyle(color: color))
    }

    /// The first line of a report: the verdict, and its cause in words. Ends in a newline.
    package static func verdict(_ verdict: Verdict, _ cause: Cause?, checks: [Finding] = [], color: Bool) -> String {
        let style = TextStyle(color: color)
        switch (verdict, cause) {
        case (.passed, _):
            let hazards = checks.count { $0.hazard == true }
            let notRun = checks.count { $0.status == .notRun }
            let with = hazards == 0 ? "" : ", with \(counted(hazards, "hazard")) of the source"
            let gap = notRun == 0 ? "" : " \(notRun) \(notRun == 1 ? "was" : "were") not run: see below."
            return style.apply(.good, "PASSED\(with): every check that ran succeeded.\(gap)") + "\n"
        case (.failed, .expectation):
            return style.apply(.bad, "FAILED: what came back is not what the plan expects.") + "\n"
        case (.failed, .objective):
            return style.apply(.bad, "FAILED: an objective was missed. Nothing wrong was found in the backup.") + "\n"
        case (.failed, _):
            return style.apply(.bad, "FAILED: the backup is bad. Do not rely on it.") + "\n"
        case (.inconclusive, .interrupted):
            return style.apply(.unsure, "INTERRUPTED: the drill was stopped before it had a result.") + "\n"
        case (.inconclusive, _):
            let line =
                "INCONCLUSIVE: a problem on this machine prevented a result. The backup may be good or bad."
            return style.apply(.unsure, line) + "\n"
        }
    }

    /// A line that tells the result of something other than a drill, in the style of a report's first line. Ends in a
    /// newline.
    /// - Parameter words: text of our own, which is harmless for a terminal.
    package static func headline(_ verdict: Verdict, _ words: String, color: Bool) -> String {
        let look: TextStyle.Look =
            switch verdict {
            case .passed: .good
            case .failed: .bad
            case .inconclusive: .unsure
            }
        return TextStyle(color: color).apply(look, words) + "\n"
    }

    /// A block of lines; it is not shown if it has no lines.
    struct Section {
        var title: String
        var look = TextStyle.Look.bold
        var lines: [String]
    }

    private static func text(of sections: [Section], _ style: TextStyle) -> String {
        sections.filter { !$0.lines.isEmpty }
            .map { section in
                style.apply(section.look, section.title) + "\n" + section.lines.map { "  \($0)\n" }.joined()
            }
            .joined(separator: "\n")
    }
}
