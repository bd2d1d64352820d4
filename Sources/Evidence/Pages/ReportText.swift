import Findings
import Report

/// A report as text for a tired person: the verdict first, then what is wrong and what could not be told, then the
/// rest.
package enum ReportText {
    /// - Parameter all: whether every finding is shown, also those that passed, and each by itself.
    /// - Returns: lines that end in a newline.
    package static func render(_ report: Report, all: Bool = false) -> ShownText {
        let sections =
            [Section(title: "Databases", lines: databases(report))] + checkSections(report.checks, all: all)
            + [
                Section(title: "Follows up", lines: followUps(report)),
                Section(title: "Objectives", lines: objectives(report.objectives)),
                Section(title: "Recovery", lines: recovery(report)),
                Section(title: "Phases", lines: phases(report.phases)),
                Section(title: "Backup", lines: backup(report.backup)),
                Section(title: "Drill", lines: drill(report)),
                Section(title: "Environment", lines: environment(report.environment)),
                Section(title: "Cleanup", lines: cleanup(report.cleanup)),
            ]
        return unwalled(report) + verdict(report.verdict, report.cause, checks: report.checks) + summary(report) + "\n"
            + text(of: sections)
    }

    /// What comes before the verdict: that nothing kept the backup from changing it.
    private static func unwalled(_ report: Report) -> ShownText {
        guard let first = report.environment.isolation.first, first.hasPrefix("NO WALLS") else { return "" }
        return ShownText(.bad, "\(first)") + "\n"
    }

    /// The results of checks, as in a whole report: failed, inconclusive, not run, worth knowing, then a line for each check.
    package static func render(checks: [Finding]) -> ShownText { text(of: checkSections(checks, all: false)) }

    /// The rows, the digest and the newest time of each table.
    static func tables(_ tables: [Report.Table]) -> Section {
        let rows = tables.map { table in
            [
                table.place, table.rows.map { counted($0, "row") } ?? "", table.digest ?? "",
                table.newest.map { "newest \($0)" } ?? "",
            ]
        }
        return Section(title: "Tables", lines: TextStyle.columns(rows.map { $0.map(TextStyle.harmless) }))
    }

    /// A line that tells the result of something other than a drill, in the style of a report's first line. Ends in a
    /// newline.
    package static func headline(_ verdict: Verdict, _ words: ShownText) -> ShownText {
        let look: TextStyle.Look =
            switch verdict {
            case .passed: .good
            case .failed: .bad
            case .inconclusive: .unsure
            }
        return ShownText(look, words) + "\n"
    }

    /// A block of lines; it is not shown if it has no lines.
    struct Section {
        var title: String
        var look = TextStyle.Look.bold
        var lines: [String]
    }

    static func text(of sections: [Section]) -> ShownText {
        let shown = sections.filter { !$0.lines.isEmpty }
        return shown.enumerated().map { index, section in
            let lines = ShownText(lines: section.lines.map { "  \($0)\n" }.joined())
            return (index == 0 ? "" : "\n") + ShownText(section.look, "\(section.title)") + "\n" + lines
        }.joined()
    }
}
