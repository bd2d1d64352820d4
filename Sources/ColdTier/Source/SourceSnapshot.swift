import FoundationEssentials
import Postgres
import Rows
import Synchronization

/// A database as it was at one moment, seen by several connections in read-only transactions that share one snapshot.
struct SourceSnapshot: Sendable {
    let identity: ExportManifest.Source
    /// The first connection keeps the snapshot alive, and is used like the others.
    let connections: [Connection]

    var leader: Connection { connections[0] }

    /// Opens connections that share one snapshot, runs `body`, and closes the connections.
    ///
    /// Nothing is written, and no transaction id is taken. So it also works on a replica.
    /// - Throws: ``PostgresError``, ``ExportError/encoding(_:)``, what `body` throws.
    static func with<Result: Sendable>(
        of target: ConnectionTarget, connections count: Int, _ body: (SourceSnapshot) async throws -> Result
    ) async throws -> Result {
        var connections: [Connection] = []
        do {
            for _ in 0..<max(1, count) { connections.append(try await Connection(to: target, settings: settings)) }
            let snapshot = try await take(over: connections)
            let result = try await body(snapshot)
            for connection in connections { await connection.close() }
            return result
        } catch {
            for connection in connections { await connection.close() }
            throw error
        }
    }

    private static let settings = CanonicalSettings.values.merging([
        "application_name": "pgassay export",
        // pgassay has its own deadlines, and the snapshot must survive when a slow disk delays the next statement.
        "statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "lock_timeout": "60s",
        // A query that runs once is not worth compiling.
        "jit": "off",
    ]) { $1 }

    private static func take(over connections: [Connection]) async throws -> SourceSnapshot {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        try await connections[0].execute(begin)
        let row = try await connections[0].query(SQLFile.snapshot.text)[0]
        let encoding: String = try row.need("encoding")
        guard encoding != "SQL_ASCII" else { throw ExportError.encoding(encoding) }
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
            identity: ExportManifest.Source(
                database: try row.need("database"), serverVersion: try row.need("version"),
                systemIdentifier: identifier, snapshot: try row.need("snapshot"),
                taken: Date(timeIntervalSince1970: Double(try row.need("taken_ms", as: Int64.self)) / 1000)),
            connections: connections)
    }

    /// Runs `body` for each item, over all connections at the same time; each connection has its own thread.
    /// - Returns: the results, in the order of the items.
    /// - Throws: the first error of `body`; the work on the other items is then cancelled.
    func share<Item: Sendable, Outcome: Sendable>(
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
    func hold(_ table: TableName) async throws {
        try await leader.execute("LOCK TABLE \(table.sql) IN ACCESS SHARE MODE")
    }

    /// The first moment that is not cold, in the form that columns of this type have.
    /// - Throws: ``ExportError/badTime(_:reason:)``, ``PostgresError``.
    func cutoff(
        _ cutoff: ExportRequest.Cutoff, for type: String, _ slicing: ExportManifest.Slicing
    ) async throws -> String {
        var (interval, moment): (String?, String?) = (nil, nil)
        switch cutoff {
        case .olderThan(let span): interval = span.interval
        case .before(let text): moment = text
        }
        do {
            // A moment without a zone is read in the slicing's time zone.
            _ = try await leader.query("SELECT set_config('TimeZone', $1, true)", [slicing.timeZone])
            let row = try await leader.query(
                SQLFile.cutoff.text, [slicing.timeZone, slicing.by.rawValue, interval, moment])[0]
            _ = try await leader.query("SELECT set_config('TimeZone', 'UTC', true)")
            return try row.need(type == "timestamp with time zone" ? "with_zone" : "without_zone")
        } catch let error as PostgresError where ["22007", "22008", "22023"].contains(error.sqlState?.rawValue) {
            throw ExportError.badTime(moment ?? slicing.timeZone, reason: error.description)
        }
    }
}

/// Gives out numbers from 0, each once.
private final class NextIndex: Sendable {
    private let next = Mutex(0)
    private let end: Int

    init(below end: Int) { self.end = end }

    /// - Returns: nil when all are given out.
    func take() -> Int? {
        next.withLock { next in
            guard next < end else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
