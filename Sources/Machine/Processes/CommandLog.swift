import Foundation
import Logging
import Subprocess
import Synchronization

private let log = Logger(label: "process")

/// Logs one run of a child process: what was started, and how it ended. Secrets in its arguments are replaced, and of its
/// environment only names are told.
package final class CommandLog: Sendable {
    private let command: Command
    private let began = ContinuousClock.now
    private let state = Mutex((process: Int32?.none, end: String?.none))

    package init(_ command: Command) { self.command = command }

    /// Logs that the child has started, by its process identifier.
    package func started(_ process: Int32) {
        state.withLock { $0.process = process }
        log.debug("\(process) started: \(command.words)")
        log.trace("\(process) has in its environment: \(command.environment.keys.sorted().joined(separator: " "))")
    }

    /// Notes how the child ended.
    package func noteEnd(_ status: TerminationStatus, timedOut: Bool = false) {
        let end =
            switch status {
            case .exited(let code): "exit code \(code)"
            case .signaled(let signal): "signal \(signal)"
            }
        state.withLock { $0.end = timedOut ? "stopped at its deadline, \(end)" : end }
    }

    /// Logs the end of the run, on every path out of it.
    package func close() {
        let (process, end) = state.withLock { $0 }
        guard let process else { return log.debug("not started: \(command.words)") }
        let seconds = String(format: "%.3f", (ContinuousClock.now - began) / .seconds(1))
        log.debug("\(process) ended: \(end ?? "stopped, as what used it came to an error"), after \(seconds) s")
    }
}

extension Command {
    /// The command as a shell would take it, without secrets.
    var words: String {
        ([program.string] + Secrets.hide(in: arguments)).map { argument in
            let hidden = Secrets.hide(valuesOf: environment, in: argument)
            let isPlain =
                !hidden.isEmpty && !hidden.contains { !$0.isLetter && !$0.isNumber && !"-_./=:,+@%…".contains($0) }
            return isPlain ? hidden : "'\(hidden.replacing("'", with: "'\\''"))'"
        }.joined(separator: " ")
    }
}
