import Postgres

/// A fixed number of connections, lent one at a time. Also bounds how much runs at once.
actor ConnectionPool {
    /// Lent or not.
    private(set) var all: [Connection]
    private var free: [Connection]
    private var waiting: [CheckedContinuation<Connection, Never>] = []

    private let settings: [String: String]
    private let prepare: @Sendable (Connection) async throws -> Void

    private init(
        _ connections: [Connection], settings: [String: String],
        prepare: @escaping @Sendable (Connection) async throws -> Void
    ) {
        all = connections
        free = connections
        self.settings = settings
        self.prepare = prepare
    }

    /// Opens the connections for the length of `body`.
    /// - Parameter prepare: is done to each connection, also to one that takes the place of a lost one.
    static func with<Result: Sendable>(
        _ count: Int, to target: ConnectionTarget, settings: [String: String],
        prepare: @escaping @Sendable (Connection) async throws -> Void = { _ in },
        _ body: (ConnectionPool) async throws -> Result
    ) async throws -> Result {
        var connections: [Connection] = []
        let pool: ConnectionPool
        do {
            for _ in 0..<max(1, count) {
                connections.append(try await Connection(to: target, settings: settings))
                try await prepare(connections[connections.count - 1])
            }
            pool = ConnectionPool(connections, settings: settings, prepare: prepare)
        } catch {
            for connection in connections { await connection.close() }
            throw error
        }
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Lends a connection, waiting for one if all are in use.
    nonisolated func with<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
        let connection = await take()
        do {
            let result = try await body(connection)
            await give(connection)
            return result
        } catch {
            await give(connection)
            throw error
        }
    }

    private func close() async {
        for connection in all { await connection.close() }
    }

    private func take() async -> Connection {
        if let connection = free.popLast() { return connection }
        return await withCheckedContinuation { waiting.append($0) }
    }

    /// Takes a connection back. If it is lost, every waiting task would fail on it, so a new connection replaces it if possible.
    private func give(_ returned: Connection) async {
        var connection = returned
        if await !isAsBefore(returned), let fresh = try? await Connection(to: returned.target, settings: settings) {
            all.append(fresh)
            do {
                try await prepare(fresh)
                connection = fresh
            } catch {
                // The new connection could not be prepared, so it is not used. The next task gets the lost one and fails.
                await fresh.close()
            }
        }
        if waiting.isEmpty { free.append(connection) } else { waiting.removeFirst().resume(returning: connection) }
    }

    /// Takes back whatever a question has done to its session: questions call the backup's own code.
    /// - Returns: whether the connection can be lent again.
    private func isAsBefore(_ connection: Connection) async -> Bool {
        guard await connection.isOpen else { return false }
        let reset = ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL", statement(setting: settings)]
        do {
            try await connection.execute(reset.compactMap(\.self).joined(separator: "; "))
            return true
        } catch {
            await connection.close()
            return false
        }
    }
}
