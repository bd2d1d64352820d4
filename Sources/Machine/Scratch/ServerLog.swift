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
        let message = LogMessage(line)
        // cannot_connect_now: the answer to our own attempts to connect while the server recovers. These lines would
        // push out of the tail the lines that say why it does not recover.
        if message?.sqlState == "57P03" { return }
        state.withLock { state in
            state.tail.append(message.map { "\($0.severity): \($0.text)" } ?? line)
            if state.tail.count > 12 { state.tail.removeFirst() }
            guard let message else { return }
            if message.severity == "PANIC" { state.panic = (message.sqlState, message.text) }
            // Bounded: a hostile backup can raise any number of different errors.
            guard ["ERROR", "FATAL", "PANIC"].contains(message.severity), state.codes.count < 100_000 else { return }
            state.codes[message.text] = message.sqlState
        }
    }
}

/// The first line of a message in the log: `pgassay 42P01 ERROR:  relation "a" does not exist at character 15`.
private struct LogMessage {
    let sqlState: String
    let severity: String
    let text: String

    /// - Returns: nil where the line begins no message. It may hold anything: messages quote text from the backup.
    init?(_ line: String) {
        // Compared byte by byte: what follows may combine with a character that is looked for.
        var rest = line.utf8[...]
        func take(_ word: String) -> Bool {
            guard rest.starts(with: word.utf8) else { return false }
            rest = rest.dropFirst(word.utf8.count)
            return true
        }
        guard take("pgassay ") else { return nil }
        let code = rest.prefix(5)
        rest = rest.dropFirst(5)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard code.count == 5, code.allSatisfy({ digits.contains($0) || letters.contains($0) }), take(" ") else {
            return nil
        }
        let severity = rest.prefix { letters.contains($0) }
        rest = rest[severity.endIndex...]
        guard !severity.isEmpty, take(":  ") else { return nil }
        // The place in the statement is no part of the message.
        let place = " at character "
        let number = rest.reversed().prefix { digits.contains($0) }.count
        let before = rest.dropLast(number)
        if number > 0, before.count >= place.utf8.count, before.suffix(place.utf8.count).elementsEqual(place.utf8) {
            rest = before.dropLast(place.utf8.count)
        }
        sqlState = String(decoding: code, as: UTF8.self)
        self.severity = String(decoding: severity, as: UTF8.self)
        text = String(decoding: rest, as: UTF8.self)
    }
}
