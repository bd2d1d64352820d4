import CLibPQ

/// An error between us and a server.
package enum PostgresError: Error, Sendable, Equatable {
    /// The server answered a statement with an error.
    case server(ServerError)
    /// No connection could be made. `target` never holds a password.
    case cannotConnect(target: String, reason: String)
    /// The server is there and refuses the connection, with an error of its own.
    case refused(ServerError)
    /// An open connection broke: the server stopped, crashed or closed it.
    case connectionLost(reason: String)
    /// The statement ran longer than its deadline and was cancelled.
    case deadlineExceeded(statement: String, seconds: Double)
    /// The server's answer has another shape than the caller expected: an error in this program, or the server is not a
    /// PostgreSQL.
    case unexpectedAnswer(String)
    /// A connection string cannot be read, or holds a password.
    case badConnectionString(String)
    /// This machine has no libpq that can be loaded.
    case noClientLibrary(reason: String)

    /// The code of the server's error, if this is one.
    package var sqlState: SQLState? {
        switch self {
        case .server(let error), .refused(let error): error.sqlState
        default: nil
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .server(let error): error.description
        case .cannotConnect(let target, let reason): "Cannot connect to \(target): \(reason)"
        case .refused(let error): "The server refuses the connection: \(error)"
        case .connectionLost(let reason): "The connection to the server was lost: \(reason)"
        case .deadlineExceeded(let statement, let seconds):
            "A statement was cancelled after \(seconds) s, its deadline: \(statement)"
        case .unexpectedAnswer(let what): "The server gave an unexpected answer: \(what)"
        case .badConnectionString(let why): why
        case .noClientLibrary(let reason):
            "PostgreSQL's client library cannot be loaded (\(reason)). Install or repair it: Debian's package is libpq5."
        }
    }
}

/// An error report of the server with all its fields (protocol documentation, 55.8).
package struct ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    package var severity: String
    package var sqlState: SQLState
    /// May quote row values; so may `detail`, `hint` and `context`. Only ``publicMessage(names:)`` is told.
    package var message: String
    package var detail: String?
    package var hint: String?
    package var context: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var dataType: String?
    package var constraint: String?
    /// 1-based, in characters of the statement.
    package var position: Int?

    /// Holds no row value, so it may be shown and logged.
    package var description: String { "\(severity): \(publicMessage())" }

    /// The error with which a server refused a connection, as libpq words it at the verbosity `PQERRORS_VERBOSE`:
    /// `… failed: FATAL:  57P03: the database system is starting up`, with more lines below.
    /// - Returns: nil where it is libpq's own.
    init?(refusal words: String) {
        let line = words.prefix { !$0.isNewline }
        guard let match = line.firstMatch(of: /(FATAL|PANIC|ERROR):  ([0-9A-Z]{5}): (.*)$/) else { return nil }
        severity = String(match.1)
        sqlState = SQLState(rawValue: String(match.2))
        message = String(match.3)
        detail = words.firstMatch(of: /\nDETAIL:  ([^\n]*)/).map { String($0.1) }
    }

    /// The server does not take connections at this moment, and may take them later: it is starting, or it has no room.
    package var isForNow: Bool { ["57P03", "53300"].contains(sqlState.rawValue) }

    init(_ result: borrowing ResultHandle) {
        let pointer = result.pointer
        func field(_ code: Character) -> String? {
            PQresultErrorField(pointer, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        severity = field("V") ?? field("S") ?? "ERROR"
        sqlState = SQLState(rawValue: field("C") ?? "")
        message = field("M") ?? "the server gave no message"
        detail = field("D")
        hint = field("H")
        context = field("W")
        schema = field("s")
        table = field("t")
        column = field("c")
        dataType = field("d")
        constraint = field("n")
        position = field("P").flatMap(Int.init)
    }
}
