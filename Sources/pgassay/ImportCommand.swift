import ArgumentParser
import ColdTier
import Drill
import Findings
import Foundation
import Postgres
import Scratch

struct ImportCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Load slices of an export into a database, and compare what came in.",
        discussion: """
            Tables that are not there are made, and so are partitions that a purge dropped. Each slice is loaded whole or not at all: it is committed where the table \
            then holds of its time exactly what the manifest says.

            \(ExitStatus.importHelp)
            """)

    @Argument(help: ArgumentHelp("A directory, or s3://bucket/prefix.", valueName: "export"))
    var location: String

    @Option(help: "The database, a connection string without a password (use PGPASSWORD, ~/.pgpass or a service).")
    var database: String

    @Option(
        help: "Only this slice, such as conversations/month=2022-07, or all of a table. May be given several times.")
    var slice: [String] = []

    @OptionGroup var trust: TrustOptions

    @Option(help: "Slices that are loaded at the same time. (default: as many as there are cores)")
    var jobs: Int?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup var log: LogOptions

    func run() async throws {
        let jobs = try checkedJobs(jobs) ?? ProcessInfo.processInfo.activeProcessorCount
        let target = try connectionTarget(parsing: database)
        var request = ImportRequest(
            location: location, publicKey: try trust.key(), slices: slice, target: target, jobs: jobs)
        request.ring = try trust.ring()
        let result = try await runColdTier(onSignal: Self.sayStopping) { [request] emit in
            try await importSlices(request) { exportEvent(emit: emit, $0) }
        }
        switch format {
        case .json: Terminal.show(json: try result.json() + "\n".utf8)
        case .text: Terminal.show(result.text)
        }
        throw ExitStatus(result.judgement.verdict, result.judgement.cause)
    }

    private static let sayStopping: @Sendable () -> Void = {
        Terminal.note("\npgassay: stopping; slices that are loaded stay\n")
    }
}
