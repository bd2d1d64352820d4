import Synchronization

/// The log of a scratch server, read while the server writes it.
///
/// pg_restore prints a server's message without its SQLSTATE. The server's own log has both, so errors can be told
/// apart by their code and not by their wording.
package final class ServerLog: Sendable {
    private struct State {
        var codes: [String: String] = [:]
        var tail: [String] = []
        var panic: (sqlState: String, message: String)?
    }

    private let state = Mutex(State())

    /// The beginning of each of our lines; `%e` is the SQLSTATE. A line without it continues the line before.
    static let linePrefix = "pgassay %e "

    package init() {}

    /// The SQLSTATE that the server gave with this primary message, if it logged one.
    package func sqlState(ofMessage message: String) -> String? {
        state.withLock { $0.codes[message] }
    }

    /// The last lines, for a message that says why a server died.
    package var tail: String { state.withLock { $0.tail.joined(separator: " ") } }

    /// Why the server ended all its sessions and restarted, if it did.
    package var panic: (sqlState: String, message: String)? { state.withLock { $0.panic } }

    func add(_ line: String) {
        // Matches by Unicode scalar, and with a dot that matches newlines too: messages quote text from the backup.
        let pattern = /pgassay ([0-9A-Z]{5}) ([A-Z]+):  (.*?)(?: at character [0-9]+)?/
        let match = line.wholeMatch(of: pattern.matchingSemantics(.unicodeScalar).dotMatchesNewlines())
        // cannot_connect_now: the answer to our own attempts to connect while the server recovers. These lines would
        // push out of the tail the lines that say why it does not recover.
        if match?.1 == "57P03" { return }
        state.withLock { state in
            state.tail.append(match.map { "\($0.2): \($0.3)" } ?? line)
            if state.tail.count > 12 { state.tail.removeFirst() }
            if let match, match.2 == "PANIC" { state.panic = (String(match.1), String(match.3)) }
            // Bounded: a hostile backup can raise any number of different errors.
            guard let match, ["ERROR", "FATAL", "PANIC"].contains(match.2), state.codes.count < 100_000 else { return }
            state.codes[String(match.3)] = String(match.1)
        }
    }
}
