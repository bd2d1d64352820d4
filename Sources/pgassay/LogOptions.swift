import ArgumentParser
import Evidence
import Foundation
import Logging
import Pages
import Processes

/// A flag of every command that does work, for whoever looks into why it did what it did.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log programs, statements and decisions on standard error; PGASSAY_LOG=debug does the same.")
    var verbose = false

    /// Whether programs and statements are logged.
    static var showsLines: Bool { Logger(label: "log").logLevel <= .debug }

    /// Sets up the log for the rest of this process; called once, before the command does anything.
    /// - Parameter variable: of the environment, by which commands that have no flag can log too.
    /// - Throws: ``Failure`` where `PGASSAY_LOG` is no level.
    static func start(verbose: Bool, variable: String? = Variable.value(of: "PGASSAY_LOG")) throws {
        var level = Logger.Level.warning
        if let variable {
            guard let named = Logger.Level(rawValue: variable.lowercased()) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.wrongCommand, "PGASSAY_LOG is \(variable); it may be one of: \(levels).")
            }
            level = named
        }
        if verbose { level = min(level, .debug) }
        LoggingSystem.bootstrap { [level] in LogLines(label: $0, logLevel: level) }
    }
}

/// A command that has the flag `--verbose`.
protocol LoggingCommand: AsyncParsableCommand {
    var log: LogOptions { get }
}

/// Writes each message as one line on standard error: time in UTC, level, area, words.
private struct LogLines: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        // One write for each line, so that lines of threads do not mix.
        Terminal.note("\(time)Z \(event.level.rawValue) \(label): \(event.message.description)\n")
    }
}
