import ArgumentParser
import Drill
import Evidence
import Files
import Findings
import Pages
import Report
import SystemPackage

/// Makes a page of a report that a drill has just stored.
struct WritePage: ReportStep {
    static let stepName = "page"

    let place: PagePlace
    let signer: (any Signer)?

    var name: String { Self.stepName }

    func perform(on finished: FinishedReport) async throws {
        let report = finished.file
        var source = PageSource(
            file: report.lastComponent?.string ?? "", sha256: finished.sha256, signature: .unsigned,
            history: .none("There is no trend: the drill is not signed, and so cannot tell which earlier reports are."))
        var content: AnyReport
        if let key = signer?.publicKey {
            let ring = KeyRing(operators: [key])
            let bytes = try Envelope.bytes(of: report, words: .report)
            let opened = try AnyReport.open(bytes, name: report.string, ring)
            content = opened.content
            source.signature = .made(key)
            source.approvals = try BesideReport.approvals(of: content.report, opened.key, report, bytes, ring)
            let directory = report.removingLastComponent()
            source.history = .drills(
                try ReportCatalogue(of: directory.isEmpty ? "." : directory, ring).entries.map(\.report))
        } else {
            content = try AnyStoredReport(contentsOf: report).content
        }
        try Files.replace(
            place.file(of: report), with: Array(ReportPage(content, source).html.utf8),
            mode: [.ownerReadWrite, .groupRead, .otherRead])
    }
}

/// Where the page of a report is to be.
enum PagePlace: ExpressibleByArgument, CustomStringConvertible, Sendable {
    /// Under its name, with another end.
    case besideReport
    case file(FilePath)

    /// - Returns: nil unless it is the name of a page: then what follows `--html` is the plan or the backup.
    init?(argument: String) {
        guard PageFormat(ofFile: argument) == .html else { return nil }
        self = .file(FilePath(argument))
    }

    var description: String {
        switch self {
        case .besideReport: "beside the report"
        case .file(let file): file.string
        }
    }

    func file(of report: FilePath) -> FilePath {
        if case .file(let file) = self { return file }
        let (name, end) = (report.string, ReportCatalogue.fileNameEnd)
        return FilePath((name.hasSuffix(end) ? String(name.dropLast(end.count)) : name) + ".html")
    }
}
