import CLibPQ
import CLinux
import Dispatch
import Glibc

/// A connection to a PostgreSQL server.
///
/// Every call runs on the connection's own executor. A call ends early when its task is cancelled or its deadline
/// passes: the server is told (`PQcancel`), the answer is drained, and the connection is usable again.
package actor Connection {
    private let executor = ConnectionExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The deadline of a statement, and of the wait for one piece of a COPY, when the caller gives none: no call waits
    /// for ever.
    package static let defaultDeadline = Duration.seconds(600)

    package nonisolated let target: ConnectionTarget
    private var handle: ConnectionHandle?
    let notices = NoticeCount()
    /// True while a `COPY … TO STDOUT` has not ended.
    var copiesOut = false
    /// How many rows the server says it sent in the last `COPY … TO STDOUT` that ended.
    package internal(set) var copiedRows: Int64?

    /// Connects.
    /// - Parameters:
    ///   - settings: server settings of the session, such as `statement_timeout`.
    ///   - deadline: for the whole attempt, except the look-up of names.
    /// - Throws: `refused` with the server's reason, `cannotConnect` with libpq's; `noClientLibrary`; `CancellationError`.
    package init(
        to target: ConnectionTarget, settings: [String: String] = [:], deadline: Duration = .seconds(60)
    ) async throws {
        self.target = target
        try open(settings: settings, deadline: deadline)
    }

    private func open(settings: [String: String], deadline: Duration) throws {
        try requireLibPQ()
        var parameters = target.parameters
        parameters["client_encoding"] = "UTF8"
        parameters["fallback_application_name"] = "pgassay"
        let keys = parameters.keys.sorted()
        let started = withCStrings(keys) { keywords in
            withCStrings(keys.map { parameters[$0]! }) { PQconnectStartParams(keywords, $0, 0) }
        }
        guard let started else {
            throw PostgresError.cannotConnect(target: target.description, reason: "out of memory")
        }
        do {
            // Before a word of it is read: a backup can put a server of its own on the socket.
            try checkPeer(PQsocket(started))
        } catch {
            PQfinish(started)
            throw error
        }
        let answers = target.boundsAnswers && PQsocket(started) >= 0 ? AnswerGuard(started) : nil
        let opened = ConnectionHandle(pointer: started, answers: answers)
        notices.count(of: opened.pointer)
        // The code of a refusal is only in the message, and only in a verbose one.
        PQsetErrorVerbosity(opened.pointer, PQERRORS_VERBOSE)
        let limit = Wait(for: deadline)
        var state = PQstatus(opened.pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            if state == PGRES_POLLING_FAILED {
                if let refusal = answers?.refusal { throw cannotConnect(refusal.description) }
                let words = String(cString: PQerrorMessage(opened.pointer))
                throw ServerError(refusal: words).map(PostgresError.refused)
                    ?? cannotConnect(libpqMessage(opened.pointer))
            }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            if try limit.wait(for: events, on: PQsocket(opened.pointer), through: answers) == .deadline {
                throw cannotConnect("no answer within \(deadline)")
            }
            state = PQconnectPoll(opened.pointer)
        }
        guard PQsetnonblocking(opened.pointer, 1) == 0 else { throw cannotConnect(libpqMessage(opened.pointer)) }
        if target.boundsAnswers, answers?.isOn(opened.pointer) != true {
            throw cannotConnect("the size of its answers cannot be bounded: too many files are open")
        }
        logOpened(opened.pointer)
        handle = consume opened
        if let setting = statement(setting: settings) { try execute(setting) }
    }

    /// - Throws: `cannotConnect` if another process than the one expected listens on the socket.
    private func checkPeer(_ socket: Int32) throws {
        guard let expected = target.serverProcess, socket >= 0 else { return }
        let peer = pgassay_peer(socket)
        // Nothing listens, and libpq says it better.
        guard peer != 0, peer != expected else { return }
        throw cannotConnect(
            "process \(peer) listens on its socket, and is not the server that was started there; it is not believed")
    }

    private func cannotConnect(_ reason: String) -> PostgresError {
        .cannotConnect(target: target.description, reason: reason)
    }

    /// Closes the connection at once, without waiting for a statement that still runs. Safe to call twice.
    package func close() { handle = nil }

    /// The target that the connection really reached: with the values that libpq took from the environment, a service
    /// file or its defaults, and of several hosts the one that answered, with its address. Without passwords.
    package var resolvedTarget: ConnectionTarget {
        get throws {
            guard let options = PQconninfo(try pointer()) else { throw lost() }
            defer { PQconninfoFree(options) }
            var found: [String: String] = [:]
            var option = options
            while let keyword = option.pointee.keyword {
                if let value = option.pointee.val, value.pointee != 0 {
                    found[String(cString: keyword)] = String(cString: value)
                }
                option += 1
            }
            for unwanted in ["password", "sslpassword", "fallback_application_name", "client_encoding", "service"] {
                found[unwanted] = nil
            }
            let connection = try pointer()
            for (keyword, value) in [
                ("host", PQhost(connection)), ("hostaddr", PQhostaddr(connection)), ("port", PQport(connection)),
            ] {
                found[keyword] = value.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            return ConnectionTarget(resolved: found)
        }
    }

    /// The password that the connection was made with, from the environment or a pgpass file; nil where none was needed.
    package var password: String? {
        get throws { PQpass(try pointer()).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// The host that the connection reached: the name or socket directory, and the address.
    package var hosts: [String] {
        get throws {
            let connection = try pointer()
            return [PQhost(connection), PQhostaddr(connection)].compactMap { $0.map { String(cString: $0) } }
                .filter { !$0.isEmpty }
        }
    }

    /// The server's version as a number: 150018 is 15.18.
    package var serverVersion: Int {
        get throws { Int(PQserverVersion(try pointer())) }
    }

    /// Runs one statement with parameters in text format (`$1`, `$2`, …) and returns its rows.
    /// - Throws: ``PostgresError``, `CancellationError`.
    package func query(
        _ sql: String, _ parameters: [String?] = [], deadline: Duration = defaultDeadline
    ) throws -> [Row] {
        let connection = try pointer()
        return try logged(sql) {
            let sent = withCStrings(parameters) { values in
                PQsendQueryParams(connection, sql, Int32(parameters.count), nil, values, nil, nil, 0)
            }
            guard sent == 1 else { throw lost() }
            return try finish(sql, deadline: deadline)
        }
    }

    /// Runs any number of statements separated by semicolons, in one implicit transaction; rows are dropped.
    /// - Throws: ``PostgresError``, `CancellationError`.
    package func execute(_ sql: String, deadline: Duration = defaultDeadline) throws {
        let connection = try pointer()
        try logged(sql) {
            guard PQsendQuery(connection, sql) == 1 else { throw lost() }
            _ = try finish(sql, deadline: deadline)
        }
    }

    // MARK: The wire

    /// Sends the bytes that are queued, then reads results until the server has no more. Returns the last rows, or
    /// throws the first error.
    func finish(_ sql: String, deadline: Duration) throws -> [Row] {
        let limit = Wait(for: deadline)
        try flush(limit, during: sql)
        var rows: [Row] = []
        var failure: PostgresError?
        while let result = try nextResult(limit, during: sql) {
            switch result.status {
            case PGRES_TUPLES_OK: rows = Row.rows(of: result)
            case PGRES_COMMAND_OK: copiedRows = result.affectedRows
            case PGRES_EMPTY_QUERY: break
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                // PQgetResult would return this for ever; only the COPY calls know how to go on.
                failure = failure ?? .unexpectedAnswer("a COPY in \(Self.excerpt(sql))")
                handle = nil
            default: failure = failure ?? .server(ServerError(result))
            }
            if handle == nil { break }
        }
        if let failure { throw isConnected ? failure : lost(after: failure) }
        return rows
    }

    func nextResult(_ limit: Wait, during sql: String) throws -> ResultHandle? {
        let connection = try pointer()
        while PQisBusy(connection) == 1 {
            try wait(limit, for: POLLIN, during: sql)
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
        return PQgetResult(connection).map { ResultHandle(pointer: $0) }
    }

    func flush(_ limit: Wait, during sql: String) throws {
        let connection = try pointer()
        while true {
            switch PQflush(connection) {
            case 0:
                guard let answers, answers.hasOutput else { return }
                try wait(limit, for: POLLIN, orSent: true, during: sql)
                guard PQconsumeInput(connection) == 1 else { throw lost() }
            case 1:
                try wait(limit, for: POLLIN | POLLOUT, during: sql)
                // The server may be unable to read before we have read what it sent.
                guard PQconsumeInput(connection) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    /// Waits for the socket. On a deadline or a cancelled task the statement is cancelled at the server first.
    /// - Parameter orSent: whether it is also enough that all bytes are on their way to the server.
    func wait(_ limit: Wait, for events: Int32, orSent: Bool = false, during sql: String) throws {
        do {
            let socket = PQsocket(try pointer())
            if try limit.wait(for: events, on: socket, through: answers, orSent: orSent) == .ready { return }
        } catch let error as CancellationError {
            cancel()
            throw error
        }
        cancel()
        throw PostgresError.deadlineExceeded(statement: Self.excerpt(sql), seconds: limit.seconds)
    }

    /// Asks the server to stop the running statement, and discards its answer.
    func cancel() {
        // A request sent to an idle session could hit its next statement instead.
        guard let connection = try? pointer(), PQtransactionStatus(connection) == PQTRANS_ACTIVE,
            let request = Cancelling(connection)
        else { return }
        if request.send() { drain() } else { close() }
    }

    /// Reads results until the connection is idle. If the server has not finished within ten seconds, the connection is
    /// closed, so that the next call fails instead of reading a stale answer.
    func drain() {
        guard let connection = try? pointer() else { return }
        let limit = Wait(for: .seconds(10), heedsCancellation: false)
        while true {
            while PQisBusy(connection) == 1 {
                guard canRead(connection, limit) else { return close() }
            }
            guard let next = PQgetResult(connection) else { return }
            let result = ResultHandle(pointer: next)
            switch result.status {
            case PGRES_COPY_IN: _ = PQputCopyEnd(connection, "cancelled")
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                var buffer: UnsafeMutablePointer<CChar>?
                while true {
                    let length = PQgetCopyData(connection, &buffer, 1)
                    if length > 0 { PQfreemem(buffer) }
                    if length < 0 { break }
                    if length == 0, !canRead(connection, limit) { return close() }
                }
            default: break
            }
        }
    }

    /// Waits for more from the server, and reads it.
    private func canRead(_ connection: OpaquePointer, _ limit: Wait) -> Bool {
        (try? limit.wait(for: POLLIN, on: PQsocket(connection), through: answers)) == .ready
            && PQconsumeInput(connection) == 1
    }

    private var answers: AnswerGuard? {
        switch handle {
        case .some(let open): open.answers
        case nil: nil
        }
    }

    /// True if the connection can be used: it was neither closed nor lost.
    package var isOpen: Bool { isConnected }

    private var isConnected: Bool {
        guard let connection = try? pointer() else { return false }
        return PQstatus(connection) == CONNECTION_OK
    }

    func pointer() throws(PostgresError) -> OpaquePointer {
        switch handle {
        case .some(let open): return open.pointer
        case nil: throw .connectionLost(reason: "it was closed before")
        }
    }

    func lost(after failure: PostgresError? = nil) -> PostgresError {
        guard let connection = try? pointer() else {
            return failure ?? .connectionLost(reason: "it was closed before")
        }
        return .connectionLost(reason: answers?.refusal?.description ?? libpqMessage(connection))
    }

    /// The beginning of a statement, to recognise it by.
    static func excerpt(_ sql: String) -> String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 120 ? line : line.prefix(117) + "…"
    }
}

/// libpq's own message, on one line.
private func libpqMessage(_ connection: OpaquePointer) -> String {
    // It begins some lines with a tab.
    String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline)
        .map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
}

/// Calls `body` with a NULL-terminated array of C strings; nil elements are NULL pointers.
private func withCStrings<Result>(
    _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { $0.flatMap { strdup($0) } }
    defer { for copy in copies { free(copy) } }
    return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
}

/// Runs one connection's blocking libpq calls on a separate queue, so that they never block a thread of the cooperative
/// pool.
final class ConnectionExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "pgassay.connection")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
