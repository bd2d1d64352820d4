import ArgumentParser
import Evidence
import Foundation
import Pages
import Report
import SystemPackage

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Verify a report, or show it.", subcommands: [Verify.self, Show.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a report's signature against a key that you trust, and that it does not contradict itself."
        )

        @Argument(help: "The report, a .dsse.json file.")
        var file: String

        @Option(help: "The public key in PEM. Take it from where you trust it, never from beside the report.")
        var publicKey: String

        func run() async throws {
            let key: PublicKey
            do {
                key = try PublicKey(contentsOf: FilePath(publicKey))
            } catch {
                throw Failure(.wrongCommand, error)
            }
            do {
                let statement = try Statement(opening: FilePath(file), publicKey: key)
                let report = statement.report
                Terminal.show(
                    """
                    The signature is good: key \(key.fingerprint)
                    \(ReportText.verdict(report.verdict, report.cause))
                    Backup   \(report.backup.location)
                    Digest   \(report.backup.digest.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
                    Drill    \(report.id), plan \(report.plan), \(report.started.formatted(.iso8601))

                    """)
            } catch {
                throw Failure(.failed, error)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a report for people. Verifies nothing: see report verify.")

        @Argument(help: "The report, a .dsse.json file.")
        var file: String

        @Option(help: "text, or json: the statement, byte for byte.")
        var format: OutputFormat = .text

        func run() async throws {
            let stored: StoredReport
            do {
                stored = try StoredReport(contentsOf: FilePath(file))
            } catch {
                throw Failure(.failed, error)
            }
            switch format {
            case .json: Terminal.show(json: stored.statementBytes)
            case .text:
                let signature: ShownText =
                    stored.isSigned
                    ? "Signed; the signature was not checked: pgassay report verify \(file) --public-key PEM"
                    : "Not signed."
                Terminal.show("\(ReportText.render(stored.statement.report))\n\(signature)\n")
            }
        }
    }
}
