import CLibPQ
import Glibc

extension Connection {
    // MARK: Streams

    /// Streams `COPY … TO STDOUT` through `body`, piece by piece; each piece holds whole rows.
    ///
    /// If `body` throws, the COPY is cancelled at the server before the error is thrown on.
    package func copyOut(
        _ sql: String, deadline: Duration = defaultDeadline, _ body: (_ rows: [UInt8]) async throws -> Void
    ) async throws {
        try startCopyOut(sql, deadline: deadline)
        do {
            while let rows = try readCopy(deadline: deadline) { try await body(rows) }
        } catch {
            abandon()
            throw error
        }
    }

    /// Streams bytes into `COPY … FROM STDIN`: `next` gives pieces until it returns nil.
    ///
    /// If `next` throws, the server rolls the COPY back before the error is thrown on.
    package func copyIn(
        _ sql: String, deadline: Duration = defaultDeadline, from next: () async throws -> [UInt8]?
    ) async throws {
        try startCopyIn(sql, deadline: deadline)
        do {
            while let piece = try await next() { try writeCopy(piece, deadline: deadline) }
        } catch {
            // A server that is told to fail always answers with an error; the caller's error says more.
            abandon()
            throw error
        }
        try endCopyIn(deadline: deadline)
    }

    // MARK: Steps

    /// Starts `COPY … TO STDOUT`. Read with ``readCopy(atLeast:deadline:)`` until it returns nil.
    package func startCopyOut(_ sql: String, deadline: Duration = defaultDeadline) throws {
        try logged(sql) { try startCopy(sql, expecting: PGRES_COPY_OUT, deadline: deadline) }
        copiesOut = true
    }

    /// The next bytes of a `COPY … TO STDOUT`, whole rows, or nil at its end. Bytes are read from the server only when
    /// they are asked for, so a slow reader slows the server and does not fill our memory.
    /// - Parameter size: returns as soon as this many bytes are there.
    package func readCopy(atLeast size: Int = 64 << 10, deadline: Duration = defaultDeadline) throws -> [UInt8]? {
        let connection = try pointer()
        let limit = Wait(for: deadline)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + size / 8)
        while copiesOut, bytes.count < size {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &buffer, 1)
            if length > 0, let buffer {
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: Int(length)))
                PQfreemem(buffer)
            } else if length == 0 {
                // Nothing is buffered: wait for the server.
                try wait(limit, for: POLLIN, during: "COPY TO STDOUT")
                guard PQconsumeInput(connection) == 1 else { throw lost() }
            } else if length == -1 {
                copiesOut = false
                _ = try finish("COPY TO STDOUT", deadline: deadline)
            } else {
                throw lost()
            }
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Starts `COPY … FROM STDIN`. Write with ``writeCopy(_:deadline:)``, end with ``endCopyIn(failing:deadline:)``.
    package func startCopyIn(_ sql: String, deadline: Duration = defaultDeadline) throws {
        try logged(sql) { try startCopy(sql, expecting: PGRES_COPY_IN, deadline: deadline) }
    }

    /// Sends bytes of a `COPY … FROM STDIN`; returns once the socket has taken them, so a slow server slows the writer
    /// and does not fill our memory.
    package func writeCopy(_ bytes: [UInt8], deadline: Duration = defaultDeadline) throws {
        let connection = try pointer()
        let limit = Wait(for: deadline)
        // One libpq message has a 32-bit length; pieces also bound what libpq buffers.
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(256 << 10)
            rest = rest.dropFirst(piece.count)
            let queued = piece.withUnsafeBytes {
                PQputCopyData(connection, $0.baseAddress!.assumingMemoryBound(to: CChar.self), Int32($0.count))
            }
            guard queued == 1 else { throw lost() }
            try flush(limit, during: "COPY FROM STDIN")
        }
    }

    /// Ends a `COPY … FROM STDIN`.
    /// - Parameter reason: when given, the server rolls the COPY back and this call throws its error.
    package func endCopyIn(failing reason: String? = nil, deadline: Duration = defaultDeadline) throws {
        guard PQputCopyEnd(try pointer(), reason) == 1 else { throw lost() }
        _ = try finish("COPY FROM STDIN", deadline: deadline)
    }

    private func startCopy(_ sql: String, expecting status: ExecStatusType, deadline: Duration) throws {
        let connection = try pointer()
        guard PQsendQuery(connection, sql) == 1 else { throw lost() }
        let limit = Wait(for: deadline)
        try flush(limit, during: sql)
        guard let result = try nextResult(limit, during: sql) else {
            throw PostgresError.unexpectedAnswer("none to \(Self.excerpt(sql))")
        }
        if result.status == status { return }
        let error =
            result.status == PGRES_FATAL_ERROR
            ? PostgresError.server(ServerError(result))
            : .unexpectedAnswer("\(Self.excerpt(sql)) is not the kind of COPY that was asked for")
        drain()
        throw error
    }

    /// Ends the statement that is running, so that the connection can be used again.
    package func abandon() {
        copiesOut = false
        cancel()
    }
}
