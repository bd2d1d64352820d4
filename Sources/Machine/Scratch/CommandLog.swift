import Foundation
import Logging
import Subprocess
import Synchronization

private let log = Logger(label: "process")

/// Logs one run of a child process: what was started, and how it ended. Secrets in its arguments are replaced, and of its
/// environment only names are told.
final class CommandLog: Sendable {
    private let command: Command
    private let began = ContinuousClock.now
    private let state = Mutex((process: Int32?.none, end: String?.none))

    init(_ command: Command) { self.command = command }

    /// Logs that the child has started, by its process identifier.
    func started(_ process: Int32) {
        state.withLock { $0.process = process }
        log.debug("\(process) started: \(command.words)")
        log.trace("\(process) has in its environment: \(command.environment.keys.sorted().joined(separator: " "))")
    }

    /// Notes how the child ended.
    func noteEnd(_ status: TerminationStatus, timedOut: Bool = false) {
        let end =
            switch status {
            case .exited(let code): "exit code \(code)"
            case .signaled(let signal): "signal \(signal)"
            }
        state.withLock { $0.end = timedOut ? "stopped at its deadline, \(end)" : end }
    }

    /// Logs the end of the run, on every path out of it.
    func close() {
        let (process, end) = state.withLock { $0 }
        guard let process else { return log.debug("not started: \(command.words)") }
        let seconds = String(format: "%.3f", (ContinuousClock.now - began) / .seconds(1))
        log.debug("\(process) ended: \(end ?? "stopped, as what used it came to an error"), after \(seconds) s")
    }
}

extension Command {
    /// The command as a shell would take it, without secrets.
    var words: String {
        let secrets = environment.filter { $0.value.count >= 6 && isSecret($0.key) }.map(\.value)
        return ([program.string] + hidingSecrets(arguments)).map { argument in
            let hidden = secrets.reduce(argument) { $0.replacing($1, with: "…") }
            let isPlain =
                !hidden.isEmpty && !hidden.contains { !$0.isLetter && !$0.isNumber && !"-_./=:,+@%…".contains($0) }
            return isPlain ? hidden : "'\(hidden.replacing("'", with: "'\\''"))'"
        }.joined(separator: " ")
    }
}

/// Words in the name of a variable, an option or a setting that holds a secret.
private let secretWords = ["pass", "secret", "token", "credential", "key", "authorization", "signature"]

private func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return secretWords.contains { name.contains($0) }
}

private func hidingSecrets(_ arguments: [String]) -> [String] {
    var hidden: [String] = []
    var isValueOfSecret = false
    for argument in arguments {
        hidden.append(isValueOfSecret ? "…" : hidingSecrets(in: argument))
        // `--master-user-password VALUE`. A name alone: what is behind an equals sign is hidden already.
        isValueOfSecret =
            !isValueOfSecret && argument.hasPrefix("-") && !argument.contains("=")
            && !argument.contains(where: \.isWhitespace) && !argument.lowercased().hasPrefix("--no-")
            && isSecret(argument)
    }
    return hidden
}

/// Of `://user:password@host`, of `name=value` and `name: value` where the name is that of a secret.
private func hidingSecrets(in argument: String) -> String {
    let name = "([A-Za-z0-9_-]*(?:\(secretWords.joined(separator: "|")))[A-Za-z0-9_-]*\\s*[=:]\\s*)"
    let value = #"('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|(?:(?:Bearer|Basic) )?[^\s&;,]+)"#
    guard let setting = try? Regex(name + value, as: (Substring, Substring, Substring).self).ignoresCase() else {
        // The pattern does not depend on the argument, and a test sees that it is read.
        preconditionFailure("the pattern of settings cannot be read")
    }
    return argument.replacing(/:\/\/[^\/@\s]+@/, with: "://…@").replacing(setting) { "\($0.output.1)…" }
}
