import ArgumentParser
import Evidence
import Findings
import Foundation
import Ledger
import Pages
import Processes
import SystemPackage

struct LedgerVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a ledger and the reports: nothing changed, nothing gone, nothing without an end.",
        discussion: """
            Compares every entry, tile and checkpoint with what was signed, every report with its entry, and every proof \
            beside a report with the log. Names drills without an end, and times without a drill where the plan says how \
            often there must be one.

            \(ExitStatus.ledgerHelp)
            """)

    @OptionGroup var source: LedgerSource
    @OptionGroup var trust: KeyRingOptions

    @Option(
        help: ArgumentHelp(
            "Certificates of the time stamp authorities that you trust: verify their stamps of checkpoints.",
            valueName: "pem"))
    var timestampAuthority: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    func run() async throws {
        let trusted = try trust.trust()
        let location = try source.location()
        let reports = FilePath(source.reports)
        guard FileManager.default.fileExists(atPath: source.reports) else {
            throw Failure(.wrongCommand, "there is no directory \(reports): name that of the reports with --reports.")
        }
        let audit: LogAudit
        do {
            var request = AuditRequest(
                ring: trusted.ring, reports: reports, authority: timestampAuthority.map { FilePath($0) })
            request.history = trusted.history
            audit = try await cancellingOnSignals(
                onSignal: {}, { [request] in try await withFiles(of: location) { try await $0.audit(request) } })
        } catch {
            throw LedgerSource.failure(of: error)
        }
        switch format {
        case .json: Terminal.show(json: try StatementJSON.encode(Summary(audit)) + "\n".utf8)
        case .text: Terminal.show(audit.text)
        }
        throw audit.isGood ? ExitStatus.passed : .failed
    }

    private struct Summary: Encodable {
        let ledger: String
        let isGood: Bool
        let origin: String?
        let size: Int64?
        let root: String?
        let verifierKeys: [String]
        let reports: Int
        let remarks: [Remark]

        struct Remark: Encodable {
            let kind: LogAudit.Remark.Kind
            let words: String
            let entry: Int64?
        }

        init(_ audit: LogAudit) {
            ledger = audit.location
            isGood = audit.isGood
            (origin, size) = (audit.checkpoint?.origin, audit.checkpoint?.size)
            (root, verifierKeys) = (audit.checkpoint?.root.base64, audit.verifierKeys)
            reports = audit.goodReports
            remarks = audit.remarks.map { Remark(kind: $0.kind, words: $0.words, entry: $0.entry) }
        }
    }
}

extension LogAudit {
    fileprivate var text: ShownText {
        let (word, sentence) = result
        var text = ReportText.headline(isGood ? .passed : .failed, "\(word): \(sentence)")
        for (_, title, remarks) in titledRemarks {
            text += "\n\(title)\n" + remarks.map { "  \($0.words)\n" as ShownText }.joined()
        }
        text += "\nLedger   \(verbatim: location)\n"
        if let checkpoint {
            text += "Log      \(checkpoint.origin), \(counted(checkpoint.size, "entry", "entries"))\n"
            text += "Root     \(checkpoint.root.base64)\n"
        }
        for key in verifierKeys { text += "Key      \(verbatim: key)\n" }
        text += "Reports  \(goodReports) as they were entered"
        if goodAdditions > 0 {
            text += "; \(counted(goodAdditions, "approval or annotation", "approvals and annotations")) too"
        }
        text += elsewhere > 0 ? "; \(counted(elsewhere, "manifest")) not looked for here\n" : "\n"
        return text + (anchors == 0 ? "\(Self.whoCanRewrite)\n" : "")
    }
}
