import Evidence
import Findings
import FoundationEssentials
import Ledger
import Pages
import Report

extension PackFiles {
    /// The files for people, which follow from the others: the page of each report, the overview, and how to verify. They are derived again
    /// by whoever verifies.
    /// - Parameter entries: of the ledger.
    func derived(_ contents: PackContents, _ entries: [NumberedEntry]) -> [String: String] {
        var (texts, reports): ([String: String], [PackedReport]) = ([:], [])
        for name in names(below: PackNames.reports) where name.hasSuffix(ReportCatalogue.fileNameEnd) {
            let bytes = files["\(PackNames.reports)/\(name)"] ?? []
            guard let content = try? AnyStoredReport(bytes, name: name).content else { continue }
            reports.append(PackedReport(file: name, sha256: Self.sha256(bytes), content: content))
        }
        let additions = StoredAdditions(
            names(below: PackNames.reports).filter { StoredAddition.reportName(ofAddition: $0) != nil }.map {
                (name: $0, bytes: files["\(PackNames.reports)/\($0)"] ?? [])
            })
        let actions = CorrectiveActions(
            additions, reports: reports.map { ($0.file, $0.sha256, $0.content.report) }, nil)
        for report in reports {
            let text =
                report.content.kind == .drill
                ? ReportText.render(report.content.report, all: true)
                : ReportText.render(inspection: report.content.report, all: true, facts: true)
            let people = AdditionText.page(of: report.file, report.sha256, report.content.report, additions, actions)
            texts[PackNames.page(of: report.file)] = (text + people).written(color: false)
        }
        let overview = Overview(contents, entries, reports, actions)
        texts[PackNames.overview] = overview.text.written(color: false)
        texts[PackNames.instructions] = Self.instructions
        return texts
    }

    private static let instructions = String(decoding: PackageResources.VERIFY_md, as: UTF8.self)
}

/// A report of a pack.
struct PackedReport {
    let file: String
    let sha256: String
    let content: AnyReport
}
