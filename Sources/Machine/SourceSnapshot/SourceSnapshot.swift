import Files
import Findings
import FoundationEssentials
import Postgres
import Rows

/// A database as it was at one moment, seen by several connections in read-only transactions that share one snapshot.
package struct SourceSnapshot: Sendable {
    package let identity: Identity
    /// By which other sessions import the snapshot, such as `pg_dump --snapshot`.
    package let name: String
    /// The first connection keeps the snapshot alive, and is used like the others.
    package let connections: [Connection]

    package var leader: Connection { connections[0] }

    /// Which database at which moment.
    package struct Identity: Sendable, Equatable {
        package let database: String
        package let serverVersion: String
        /// The server's encoding of text, such as `UTF8`.
        package let encoding: String
        /// From `pg_control_system()`; nil if the role may not ask.
        package let systemIdentifier: String?
        /// From `pg_current_snapshot()`: what was visible.
        package let snapshot: String
        /// When the snapshot was taken.
        package let taken: Date
    }

    /// Opens connections that share one snapshot, runs `body`, and closes the connections.
    ///
    /// Nothing is written, and no transaction id is taken. So it also works on a replica.
    /// - Parameters:
    ///   - count: how many connections; at least one is opened.
    ///   - name: what the connections call themselves (`application_name`).
    ///   - settings: of each session, besides those that make rows canonical.
    /// - Throws: ``PostgresError``, what `body` throws.
    package static func with<Outcome: Sendable>(
        of target: ConnectionTarget, connections count: Int, named name: String,
        settings: [String: String] = [:], _ body: (SourceSnapshot) async throws -> Outcome
    ) async throws -> Outcome {
        var connections: [Connection] = []
        do {
            for _ in 0..<max(1, count) {
                connections.append(
                    try await Connection(to: target, settings: Self.settings(name).merging(settings) { $1 }))
            }
            let snapshot = try await take(over: connections)
            let result = try await body(snapshot)
            for connection in connections { await connection.close() }
            return result
        } catch {
            for connection in connections { await connection.close() }
            throw error
        }
    }

    private static func settings(_ name: String) -> [String: String] {
        CanonicalSettings.values.merging([
            "application_name": name,
            // Our own deadlines hold; the snapshot must outlive a slow disk between two statements.
            "statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "lock_timeout": "60s",
            // A query that runs once is not worth compiling.
            "jit": "off",
        ]) { $1 }
    }

    private static func take(over connections: [Connection]) async throws -> SourceSnapshot {
        // From PostgreSQL 17 on, transaction_timeout ends a long transaction even if it is working. Here it is switched off.
        for connection in connections {
            _ = try await connection.query(
                "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'"
            )
        }
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        try await connections[0].execute(begin)
        let row = try await connections[0].query(SQLFile(PackageResources.snapshot_sql, property: "snapshot").text)[0]
        let name: String = try row.need("name")
        for connection in connections.dropFirst() {
            try await connection.execute("\(begin); SET TRANSACTION SNAPSHOT \(quoteLiteral(name))")
        }
        // libpq reads at most as many bytes at once as its largest message so far took. After a message of 1 MiB, it
        // reads and wakes up a fifth less often.
        for connection in connections { _ = try await connection.query("SELECT pg_catalog.repeat(' ', 1048576)") }
        let identifier: String? =
            try row.need("may_identify")
            ? try await connections[0].query("SELECT system_identifier FROM pg_catalog.pg_control_system()")[0].get(
                at: 0)
            : nil
        return SourceSnapshot(
            identity: Identity(
                database: try row.need("database"), serverVersion: try row.need("version"),
                encoding: try row.need("encoding"), systemIdentifier: identifier, snapshot: try row.need("snapshot"),
                taken: Date(timeIntervalSince1970: Double(try row.need("taken_ms", as: Int64.self)) / 1000)),
            name: name, connections: connections)
    }

    /// Runs `body` for each item, over all connections at the same time; each connection has its own thread.
    /// - Returns: the results, in the order of the items.
    /// - Throws: the first error of `body`; the work on the other items is then cancelled.
    package func share<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item, Connection) async throws -> Outcome
    ) async throws -> [Outcome] {
        let next = NextIndex(below: items.count)
        return try await withThrowingTaskGroup(of: [(Int, Outcome)].self) { group in
            for connection in connections {
                group.addTask(executorPreference: WorkerThread()) {
                    var done: [(Int, Outcome)] = []
                    while let index = next.take() {
                        try Task.checkCancellation()
                        done.append((index, try await body(items[index], connection)))
                    }
                    return done
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Keeps a table from being altered or dropped until the snapshot ends.
    package func hold(_ table: TableName) async throws {
        try await leader.execute("LOCK TABLE \(table.sql) IN ACCESS SHARE MODE")
    }
}
