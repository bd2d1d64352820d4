import Archive
import Causes
import Glibc
import Postgres

/// One plain dump on its way to a server.
struct PlainRun: Sendable {
    /// Makes a role that a statement needs.
    let makeRole: @Sendable (String) async throws -> Void
    /// When the restore must be over.
    let end: ContinuousClock.Instant
    /// Whether a statement that pg_dump never writes ends the restore.
    let refuses: Bool
    var progress = PlainProgress()
    private var made: Set<String> = []
    private var copy = CopyState.none

    init(
        end: ContinuousClock.Instant, refuses: Bool, makeRole: @escaping @Sendable (String) async throws -> Void
    ) {
        self.makeRole = makeRole
        self.end = end
        self.refuses = refuses
    }

    private enum CopyState {
        case none
        /// The server takes rows.
        case sending(ScriptStatement, rows: Int64)
        /// It has refused the COPY: its rows are read and dropped.
        case dropping(rows: Int64)
    }

    struct Ending: Sendable {
        var run: PlainRun
        /// The deadline came before the end of the dump.
        var isOverdue = false
    }

    private struct ServerGone: Error {}

    private var left: Duration { end - .now }

    /// Restores the dump. All of it runs on the connection's own executor, so no statement waits for a thread.
    consuming func restore(
        _ dump: Dump, over connection: isolated Connection, emit: RestoreEventSink
    ) async throws -> Ending {
        var run = self
        do {
            try await run.readAll(of: dump, over: connection, emit: emit)
        } catch PostgresError.deadlineExceeded {
            return Ending(run: run, isOverdue: true)
        } catch is ServerGone {
            run.progress.lostServer()
        } catch let error as PostgresError {
            switch error {
            case .connectionLost: run.progress.lostServer()
            case .unexpectedAnswer(let what): run.progress.stopped(at: what)
            default: throw error
            }
        }
        return Ending(run: run)
    }

    private mutating func readAll(
        of dump: Dump, over connection: isolated Connection, emit: RestoreEventSink
    ) async throws {
        var script = dump.newScript
        do {
            var stream = try dump.stream()
            while let chunk = try stream.read() {
                try Task.checkCancellation()
                guard left > .zero else { throw PostgresError.deadlineExceeded(statement: "", seconds: 0) }
                var parts: [PlainPart] = []
                script.consume(chunk, parts: &parts)
                for part in parts { try await take(part, of: chunk, over: connection, emit: emit) }
                emit(.progress(done: stream.compressedBytesRead, total: dump.bytes, unit: .bytes))
            }
            try endRows(over: connection)
            progress.end(script.finish())
        } catch let error as ArchiveError {
            // As psql does with what it has when its input ends: the rows that came are loaded.
            try endRows(over: connection)
            progress.end(error.description, error)
        }
    }

    private mutating func take(
        _ part: PlainPart, of chunk: [UInt8], over connection: isolated Connection, emit: RestoreEventSink
    ) async throws {
        switch part {
        case .event(let event):
            if case .role(let name) = event, made.insert(name).inserted {
                try await makeRole(name)
                progress.names.insert(name)
            }
            if let item = progress.note(event) { emit(.item(item)) }
        case .statement(let statement): try run(statement, over: connection)
        case .rows(let range): try chunk.withUnsafeBytes { try send(.init(rebasing: $0[range]), over: connection) }
        case .heldRows(let rows): try rows.withUnsafeBytes { try send($0, over: connection) }
        case .endOfRows: try endRows(over: connection)
        }
    }

    private mutating func run(_ statement: ScriptStatement, over connection: isolated Connection) throws {
        if let foreign = statement.foreign {
            let place = "line \(statement.line) of the dump"
            if refuses { throw StatementRefused(place: place, statement: foreign) }
            progress.foreign.note(foreign, at: place)
        }
        guard !statement.text.contains(0) else {
            // The server would see only what stands before it.
            progress.fail(statement, sqlState: "22021", message: #"invalid byte sequence for encoding "UTF8": 0x00"#)
            if statement.copiesFromScript { copy = .dropping(rows: 0) }
            return
        }
        switch try connection.run(statement.text, deadline: left) {
        case .done where statement.copiesFromScript:
            progress.unexpected(statement, "the server took a COPY and wanted no rows")
            copy = .dropping(rows: 0)
        case .done:
            progress.succeeded(statement)
            if statement.beginning.hasPrefix("CREATE EVENT TRIGGER ") { try silenceEventTriggers(over: connection) }
        case .failed(let error):
            progress.fail(statement, error)
            if statement.copiesFromScript { copy = .dropping(rows: 0) }
            if !connection.isOpen { throw ServerGone() }
        case .wantsRows where statement.copiesFromScript:
            progress.succeeded(statement)
            copy = .sending(statement, rows: 0)
        case .wantsRows:
            // It would take the statements that follow for rows.
            _ = try connection.endRows(failing: "no rows follow", deadline: left)
            progress.unexpected(statement, "a COPY among other statements; it was ended")
        case .sendsRows:
            progress.sendsRows(statement)
            if !connection.isOpen { throw ServerGone() }
        }
    }

    /// Keeps event triggers of the dump from adding rows of their own for the statements that follow, such as a REFRESH: the rows
    /// would not be the dump's any more. Only who may create an event trigger may do this.
    private func silenceEventTriggers(over connection: isolated Connection) throws {
        _ = try connection.run(Array("SET session_replication_role = replica".utf8), deadline: left)
    }

    private mutating func send(_ rows: UnsafeRawBufferPointer, over connection: isolated Connection) throws {
        switch copy {
        case .none: break
        case .sending(let statement, let count):
            try connection.send(rows: rows, deadline: left)
            copy = .sending(statement, rows: count + rows.lines)
        case .dropping(let count): copy = .dropping(rows: count + rows.lines)
        }
    }

    private mutating func endRows(over connection: isolated Connection) throws {
        defer { copy = .none }
        switch copy {
        case .none: break
        case .dropping(let rows): if rows > 0 { progress.dropped(rows) }
        case .sending(let statement, let sent):
            guard connection.isOpen else { throw ServerGone() }
            switch try connection.endRows(deadline: left) {
            case .done(let taken): progress.loaded(statement, sent: sent, taken: taken)
            case .failed(let error):
                progress.fail(statement, error)
                if !connection.isOpen { throw ServerGone() }
            case .wantsRows, .sendsRows: progress.unexpected(statement, "rows that are not of this COPY")
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// How many lines end in it.
    fileprivate var lines: Int64 {
        guard let base = baseAddress else { return 0 }
        var count: Int64 = 0
        var next = 0
        while next < self.count, let newline = memchr(base + next, Int32(UInt8(ascii: "\n")), self.count - next) {
            count += 1
            next = UnsafeRawPointer(newline) - base + 1
        }
        return count
    }
}
