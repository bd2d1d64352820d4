import ArgumentParser
import Demo
import Drill
import Evidence
import Files
import Foundation
import Pages
import Processes
import Report
import Scratch
import SystemPackage

struct DemoCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Show what pg_restore and pgassay say of a good dump and of damaged copies.",
        discussion: """
            Makes a small database on a throwaway server, dumps it with pg_dump, damages copies of the dump as it happens in \
            life, and restores each twice: with pg_restore, and with pgassay. It takes a PostgreSQL and less than a minute.

            \(ExitStatus.demoHelp)
            """)

    @Option(
        help: ArgumentHelp(
            "Keep the dumps and the unsigned reports in this directory, which is not there yet. (default: keep nothing)",
            valueName: "dir"))
    var output: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup var log: LogOptions

    func run() async throws {
        if let output, Files.exists(FilePath(output)) {
            throw Failure(.wrongCommand, "\(output) is there already; name another directory, or remove it.")
        }
        let request = DemoRequest(
            output: output.map { FilePath(URL(filePath: $0).standardizedFileURL.path) },
            trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version)
        let result: DemoResult
        do {
            result = try await cancellingOnSignals(
                onSignal: {},
                { try await runDemo(request) { Terminal.note("\($0)\n") } })
        } catch is CancellationError {
            throw ExitStatus.interrupted
        } catch let unstored as UnstoredReport {
            throw Failure(.couldNotTell, "a report could not be stored: \(unstored.reason)")
        } catch {
            throw Failure(.couldNotTell, error)
        }
        switch format {
        case .json:
            let document = DemoDocument(result, isKept: output != nil)
            Terminal.show(json: try StatementJSON.encode(document) + "\n".utf8)
        case .text: Terminal.show(result.text(keptIn: output))
        }
        if !result.isJudgedRight {
            throw Failure(
                .couldNotTell,
                "pgassay should have passed the whole dump and failed each damaged one, and did not: see the table.")
        }
    }
}
