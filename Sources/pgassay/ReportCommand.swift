import ArgumentParser
import Evidence
import Foundation
import Pages
import Report
import SystemPackage

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Verify a report, show it, make a page of it, approve it, or say who sees to a finding.",
        subcommands: [
            ReportVerifyCommand.self, Show.self, ReportRenderCommand.self, ReportCountersignCommand.self,
            ReportAnnotateCommand.self, ReportPruneCommand.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a report for people. Verifies nothing: see report verify.")

        @Argument(help: "The report, a .dsse.json file.")
        var file: String

        @Option(help: "text, or json: the statement, byte for byte.")
        var format: OutputFormat = .text

        @Flag(help: "Show every finding in the text, also those that passed.")
        var all = false

        func run() async throws {
            let stored: AnyStoredReport
            do {
                stored = try AnyStoredReport(contentsOf: FilePath(file))
            } catch {
                throw Failure(error.status, error.advice)
            }
            switch format {
            case .json: Terminal.show(json: stored.statementBytes)
            case .text:
                let signature: ShownText =
                    stored.isSigned
                    ? "Signed; the signature was not checked: \(verbatim: "pgassay report verify \(file) --public-key PEM")"
                    : "Not signed."
                let actions = try BesideReport.actions(of: FilePath(file), nil)
                let open: ShownText = actions.items.isEmpty ? "" : "\n" + AdditionText.actions(actions)
                Terminal.show("\(text(of: stored.content))\(open)\n\(signature)\n")
            }
        }

        private func text(of content: AnyReport) -> ShownText {
            switch content.kind {
            case .drill: ReportText.render(content.report, all: all)
            case .inspection: ReportText.render(inspection: content.report, all: all, facts: true)
            }
        }
    }
}
