import ArgumentParser
import Drill
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Report
import Status
import SystemPackage

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell how each plan stands, and what somebody must attend to.",
        discussion: """
            Reads the reports and the ledger, and decides nothing about a backup: it tells which plans fail, which were not \
            drilled in time, what gets slower, which reports wait for approval and which corrective actions are overdue.

            \(ExitStatus.statusHelp)
            """)

    @OptionGroup var source: LedgerSource
    @OptionGroup var trust: KeyRingOptions

    @Option(
        help: ArgumentHelp(
            "A plan that must be drilled, or a directory of plans. May be repeated. One that was never drilled is told, and no others are looked at. (default: each plan that has a report or an entry)",
            valueName: "plan|dir"))
    var plans: [String] = []

    @Flag(help: "Look at reports that nobody signed, instead of those that the key signed.")
    var unsigned = false

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @Flag(help: "Print and exit as a plugin of Nagios and Icinga: OK 0, WARNING 1, CRITICAL 2, UNKNOWN 3.")
    var nagios = false

    @Option(
        help: ArgumentHelp(
            "Also write metrics for the textfile collector of Prometheus' node_exporter. The file is replaced as a whole.",
            valueName: "file"))
    var prometheus: String?

    func validate() throws {
        if nagios && format == .json { throw ValidationError("--nagios and --format json exclude each other.") }
    }

    func run() async throws {
        guard nagios else { return try await show(overview()) }
        do {
            let output = NagiosOutput(try await overview())
            Terminal.show(ShownText(lines: output.text))
            throw ExitStatus(rawValue: output.exitCode) ?? .couldNotTell
        } catch let failure as Failure {
            // A monitor shows what is on standard output.
            let word = NagiosOutput.word(NagiosOutput.unknown)
            let line = failure.message.split(whereSeparator: \.isNewline).joined(separator: " ")
            Terminal.show("PGASSAY \(word) - \(line.replacing("|", with: "/"))\n")
            throw ExitStatus(rawValue: NagiosOutput.unknown) ?? .couldNotTell
        }
    }

    private func show(_ overview: StatusOverview) throws {
        switch format {
        case .json: Terminal.show(json: try StatementJSON.encode(StatusDocument(overview)) + "\n".utf8)
        case .text: Terminal.show(overview.text)
        }
        guard overview.severity == nil else { throw ExitStatus.failed }
        throw overview.plans.isEmpty ? ExitStatus.couldNotTell : .passed
    }

    private func overview() async throws -> StatusOverview {
        let overview = StatusOverview(
            try await source.facts(unsigned ? nil : trust, plans: try watched()))
        if let prometheus {
            do {
                try Files.replace(
                    FilePath(prometheus), with: Array(PrometheusMetrics(overview).text.utf8),
                    mode: [.ownerReadWrite, .groupRead, .otherRead])
            } catch {
                throw Failure(.couldNotTell, error)
            }
        }
        return overview
    }

    private func isDirectory(_ name: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    private func watched() throws -> [StatusFacts.WatchedPlan] {
        var all: [StatusFacts.WatchedPlan] = []
        for name in plans {
            let files = isDirectory(name) ? try Plan.files(in: FilePath(name)) : [FilePath(name)]
            guard !files.isEmpty else {
                throw Failure(.wrongCommand, "\(name) has no plan: no file that ends in .yaml or .yml.")
            }
            for file in files {
                let plan = try Plan(named: file.string)
                all.append(StatusFacts.WatchedPlan(name: plan.name, within: plan.within.map { $0 / .seconds(1) }))
            }
        }
        return all
    }
}
