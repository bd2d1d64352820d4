import Postgres

/// A fixed number of connections, lent one at a time. Also bounds how much runs at once.
actor ConnectionPool {
    private var free: [Connection]
    private var waiting: [CheckedContinuation<Connection, Never>] = []

    private let settings: [String: String]

    private init(_ connections: [Connection], settings: [String: String]) {
        free = connections
        self.settings = settings
    }

    /// Opens the connections for the length of `body`.
    static func with<Result: Sendable>(
        _ count: Int, to target: ConnectionTarget, settings: [String: String],
        _ body: (ConnectionPool) async throws -> Result
    ) async throws -> Result {
        var connections: [Connection] = []
        do {
            for _ in 0..<max(1, count) { connections.append(try await Connection(to: target, settings: settings)) }
            let result = try await body(ConnectionPool(connections, settings: settings))
            for connection in connections { await connection.close() }
            return result
        } catch {
            for connection in connections { await connection.close() }
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
        } catch PostgresError.connectionLost(let reason) {
            // Handed back dead, it would eat every task that is waiting.
            let fresh = try? await Connection(to: connection.target, settings: settings)
            await give(fresh ?? connection)
            throw PostgresError.connectionLost(reason: reason)
        } catch {
            await give(connection)
            throw error
        }
    }

    private func take() async -> Connection {
        if let connection = free.popLast() { return connection }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func give(_ connection: Connection) {
        if waiting.isEmpty { free.append(connection) } else { waiting.removeFirst().resume(returning: connection) }
    }
}
