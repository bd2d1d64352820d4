import Postgres

/// A fixed number of connections, lent one at a time. Also bounds how much runs at once.
actor ConnectionPool {
    /// Lent or not.
    private(set) var all: [Connection]
    private var free: [Connection]
    private var waiting: [CheckedContinuation<Connection, Never>] = []

    private let settings: [String: String]

    private init(_ connections: [Connection], settings: [String: String]) {
        all = connections
        free = connections
        self.settings = settings
    }

    /// Opens the connections for the length of `body`.
    static func with<Result: Sendable>(
        _ count: Int, to target: ConnectionTarget, settings: [String: String],
        _ body: (ConnectionPool) async throws -> Result
    ) async throws -> Result {
        var connections: [Connection] = []
        let pool: ConnectionPool
        do {
            for _ in 0..<max(1, count) { connections.append(try await Connection(to: target, settings: settings)) }
            pool = ConnectionPool(connections, settings: settings)
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

    /// Handed back dead, a connection would eat every task that is waiting; so another takes its place, if there can be one.
    private func give(_ returned: Connection) async {
        var connection = returned
        if await !returned.isOpen, let fresh = try? await Connection(to: returned.target, settings: settings) {
            all.append(fresh)
            connection = fresh
        }
        if waiting.isEmpty { free.append(connection) } else { waiting.removeFirst().resume(returning: connection) }
    }
}
