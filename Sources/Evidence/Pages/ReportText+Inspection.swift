import Evidence
import Findings
import Report

extension ReportText {
    /// The report of an inspection. What it says of the backup itself, of who ran it and where, follows only on demand.
    /// - Parameter isSample: whether only a part of the backup was read.
    package static func render(
        inspection report: Report, isSample: Bool = false, all: Bool = false, facts: Bool = false
    ) -> ShownText {
        let made = report.backup.created.map { ", made \(Timestamp.plain($0))" } ?? ""
        let summary: ShownText = "\(report.backup.nameAndSize)\(made).\n\n"
        let sections =
            checkSections(report.checks, all: all) + [tables(report.tables)]
            + (facts
                ? [
                    Section(title: "Phases", lines: phases(report.phases)),
                    Section(title: "Backup", lines: backup(report.backup)),
                    Section(title: "Inspection", lines: inspection(report)),
                ] : [])
        let verdict =
            isSample && report.verdict == .passed
            ? headline(.passed, "PASSED (sample): nothing wrong was found in what was read.")
            : inspectionVerdict(report.verdict, report.cause)
        return verdict + summary + text(of: sections)
    }

    private static func inspection(_ report: Report) -> [String] { columns(rows(ofInspection: report)) }

    static func rows(ofInspection report: Report) -> [[String]] {
        var rows = [
            ["id", report.id], ["started", Timestamp.plain(report.started)],
            ["started by", "\(report.trigger.user) on \(report.trigger.host) (\(report.trigger.kind))"],
        ]
        rows += (report.options ?? []).map { ["option", $0] }
        rows += [
            ["proves", "nothing of a restore: the backup was read, and no server was started"],
            ["signed", report.signed ? "yes; `pgassay report verify` checks it" : "no: it proves nothing to others"],
            ["tool", report.environment.tool], ["system", report.environment.os],
        ]
        return rows
    }
}
