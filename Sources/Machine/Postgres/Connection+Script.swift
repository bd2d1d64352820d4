import CLibPQ
import Glibc

/// How the server took a statement of a script.
package enum ScriptAnswer: Sendable, Equatable {
    /// It is done. `rows` is the number in the command's tag; nil where it counts none.
    case done(rows: Int64?)
    case failed(ServerError)
    /// It is a `COPY … FROM STDIN`, and the server waits for rows.
    case wantsRows
    /// It is a COPY that sends rows to the client. It was ended.
    case sendsRows
}

/// Running a script that somebody else wrote: statement by statement, each in the simple protocol and so in a
/// transaction of its own unless the script opens one. Rows that statements return are dropped one by one, notices are
/// not kept, and an answer that no statement of a dump gives ends the connection, so the memory is bounded for every
/// server.
extension Connection {
    /// The largest single message of the server that is taken, in bytes.
    package static let largestAnswer = 64 << 20

    /// Sends a statement and waits for its end.
    /// - Parameter statement: without a byte 0.
    /// - Throws: `connectionLost`, `deadlineExceeded`, `unexpectedAnswer` for an answer that is too large; `CancellationError`.
    package func run(_ statement: [UInt8], deadline: Duration) throws -> ScriptAnswer {
        let connection = try pointer()
        let sent = (statement + [0]).withUnsafeBufferPointer { text in
            text.withMemoryRebound(to: CChar.self) { PQsendQuery(connection, $0.baseAddress!) }
        }
        guard sent == 1 else { throw lost() }
        PQsetSingleRowMode(connection)
        return try answer(Wait(for: deadline))
    }

    /// Sends rows after ``ScriptAnswer/wantsRows``. If the server has refused them already, it drops them; the end says
    /// so.
    /// - Throws: as ``run(_:deadline:)``.
    package func send(rows: UnsafeRawBufferPointer, deadline: Duration) throws {
        let connection = try pointer()
        let limit = Wait(for: deadline)
        // Pieces bound what libpq buffers.
        var start = 0
        while start < rows.count {
            let piece = UnsafeRawBufferPointer(rebasing: rows[start..<min(rows.count, start + 256 << 10)])
            start += piece.count
            guard PQputCopyData(connection, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count)) == 1
            else { throw lost() }
            try flush(limit, during: "COPY FROM STDIN")
        }
    }

    /// Ends the rows.
    /// - Parameter reason: if given, the server takes none of them.
    /// - Throws: as ``run(_:deadline:)``.
    package func endRows(failing reason: String? = nil, deadline: Duration) throws -> ScriptAnswer {
        guard PQputCopyEnd(try pointer(), reason) == 1 else { throw lost() }
        return try answer(Wait(for: deadline))
    }

    private func answer(_ limit: Wait) throws -> ScriptAnswer {
        try flush(limit, during: Self.ofScript)
        var rows: Int64?
        var failure: ServerError?
        do {
            while let result = try nextBoundedResult(limit) {
                switch result.status {
                case PGRES_COPY_IN:
                    if failure == nil { return .wantsRows }
                    PQputCopyEnd(try pointer(), "an error came before")
                case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    abandon()
                    return .sendsRows
                case PGRES_COMMAND_OK: rows = result.affectedRows
                case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
                default:
                    let error = ServerError(result)
                    // libpq's own words for a lost connection have no code.
                    if failure == nil, error.sqlState.rawValue.isEmpty { throw lost() }
                    failure = failure ?? error
                }
            }
        } catch let error as PostgresError {
            // What the server said before it closed the connection says more; the caller sees that it is closed.
            guard case .connectionLost = error, let failure else { throw error }
            close()
            return .failed(failure)
        }
        return failure.map(ScriptAnswer.failed) ?? .done(rows: rows)
    }

    private static let ofScript = "a statement of the dump"

    private func nextBoundedResult(_ limit: Wait) throws -> ResultHandle? {
        let connection = try pointer()
        var taken = 0
        while PQisBusy(connection) == 1 {
            let before = notices.count
            try wait(limit, for: POLLIN, during: Self.ofScript)
            var available: CInt = 0
            if ioctl(PQsocket(connection), Self.bytesToRead, &available) == 0 { taken += Int(available) }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
            while let notification = PQnotifies(connection) { PQfreemem(notification) }
            if PQisBusy(connection) == 1, notices.count == before, taken > Self.largestAnswer {
                close()
                throw PostgresError.unexpectedAnswer("one message of more than \(Self.largestAnswer >> 20) MiB")
            }
            if notices.count != before { taken = 0 }
        }
        return PQgetResult(connection).map { ResultHandle(pointer: $0) }
    }

    /// `FIONREAD` (ioctl_tty(2)), which Swift does not import.
    private static let bytesToRead: UInt = 0x541B
}

/// Counts the notices of a connection, which are not kept. It is used on the connection's executor alone.
final class NoticeCount {
    var count = 0

    /// Drops the notices of `connection` from now on, and counts them: by default libpq prints them on standard error.
    func count(of connection: OpaquePointer) {
        PQsetNoticeProcessor(
            connection,
            { counter, _ in
                guard let counter else { return }
                Unmanaged<NoticeCount>.fromOpaque(counter).takeUnretainedValue().count += 1
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
