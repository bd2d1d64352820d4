extension Connection {
    /// Streams `COPY … TO STDOUT` through `body`, piece by piece; each piece holds whole rows.
    ///
    /// When `body` throws, the COPY is cancelled at the server before the error goes on.
    package func copyOut(
        _ sql: String, deadline: Duration? = nil, _ body: (_ rows: [UInt8]) async throws -> Void
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
    /// When `next` throws, the server rolls the COPY back before the error goes on.
    package func copyIn(
        _ sql: String, deadline: Duration? = nil, from next: () async throws -> [UInt8]?
    ) async throws {
        try startCopyIn(sql, deadline: deadline)
        do {
            while let piece = try await next() { try writeCopy(piece, deadline: deadline) }
        } catch {
            // Told to fail, the server always answers with an error; the caller's own says more.
            abandon()
            throw error
        }
        try endCopyIn(deadline: deadline)
    }
}
