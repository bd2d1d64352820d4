import ArgumentParser
import Dispatch
import Foundation
import Launcher
import Processes
import Sample
import Scratch
import SystemPackage

/// Where the program begins: see pgassay's.
@main
enum Start {
    static func main() {
        Launcher.runIfAsked()
        Task {
            await PgAssaySample.main()
            exit(0)
        }
        dispatchMain()
    }
}

/// Writes a dump of the sample database, for trying pgassay out and for testing it.
struct PgAssaySample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pgassay-sample", abstract: "Write a pg_dump of the AVA OLO sample database.")

    @Option(help: "1 is 10,000 farmers and 1,000,000 log rows, about 1.5 GB.")
    var scale = 0.05

    @Option(help: "The moment that the newest rows are of, ISO 8601. (default: now)")
    var asOf: String?

    @Option(help: "The dump to write; it must not be there yet.")
    var output: String

    @Option(help: "custom, directory, tar or plain.")
    var format = "custom"

    @Option(help: "A directory with PostgreSQL's programs. (default: the oldest installed)")
    var postgres: String?

    func validate() throws {
        guard scale > 0, scale <= 100 else { throw ValidationError("--scale is a number above 0, at most 100.") }
        guard SampleFormat(rawValue: format) != nil else {
            throw ValidationError("--format is one of custom, directory, tar, plain.")
        }
        guard !FileManager.default.fileExists(atPath: output) else {
            throw ValidationError("\(output) is there already; remove it or name another file.")
        }
    }

    func run() async throws {
        let moment = try asOf.map { text in
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw ValidationError("--as-of looks like 2026-11-01T00:00:00Z.")
            }
            return date
        }
        let named = postgres.map { [FilePath($0)] } ?? []
        let installed = try await Installation.findAll(configured: named)
        guard let installation = installed.last(where: { named.isEmpty || named.contains($0.directory) }) else {
            throw ScratchError.noPostgres(configured: named)
        }
        let request = ScratchRequest(
            parent: ScratchDirectory.defaultParent, jobs: 2, diskSpace: Int64(scale * 4e9), label: "sample")
        let sample = SampleDatabase(scale: scale, asOf: moment ?? Date())
        let output = FilePath(output)
        let format = SampleFormat(rawValue: format)!
        let nothing: @Sendable () -> Void = {}
        try await cancellingOnSignals(onSignal: nothing) {
            try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { server in
                try await sample.create(on: server)
                try await dump(SampleDatabase.name, of: server, format: format, to: output)
            }
        }
    }
}
