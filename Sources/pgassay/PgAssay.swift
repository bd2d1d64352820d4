import ArgumentParser
import Foundation
import Launcher
import Pages

/// The command line. Every command lives in a file of its own and stays thin: it resolves flags, calls the library and
/// renders what comes back.
struct PgAssay: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "pgassay",
        abstract: "Restores PostgreSQL backups, tests what came back, and signs what it found.",
        discussion: ExitStatus.help,
        version: version,
        subcommands: [
            DrillCommand.self, InspectCommand.self, CaptureCommand.self, FindCleanCommand.self, ExportCommand.self,
            ImportCommand.self, FleetCommand.self,
            ReportCommand.self, LedgerCommand.self, EvidenceCommand.self, StatusCommand.self,
            SiteCommand.self,
            KeysCommand.self,
            InitCommand.self, DemoCommand.self, CleanCommand.self, DoctorCommand.self,
        ])

    static func run() async -> Never {
        do {
            // A backup, and other programs of this account, have no business in this one's memory.
            try Launcher.forbidTraces()
            try UnknownCommand.refuse(Array(CommandLine.arguments.dropFirst()), of: Self.self)
            var command = try parseAsRoot()
            try LogOptions.start(verbose: (command as? any LoggingCommand)?.log.verbose ?? false)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.error(failure.message)
            Terminal.exit(failure.status)
        } catch let status as ExitStatus {
            Terminal.exit(status)
        } catch {
            // Help and version are thrown as errors although they succeed; any other error that is left is a wrong
            // command line.
            let message = fullMessage(for: error)
            if exitCode(for: error).isSuccess {
                Terminal.show(ShownText(lines: message + "\n"))
                Terminal.exit(.passed)
            }
            Terminal.error(message)
            Terminal.exit(.wrongCommand)
        }
        Terminal.exit(.passed)
    }
}
