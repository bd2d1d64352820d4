import Findings
import Postgres

/// Runs `body`, and reports meanwhile how many rows were loaded into each table, which pg_restore does not say.
///
/// Servers before 14 have no `pg_stat_progress_copy`; for them, this only runs `body`.
func watchingCopies<Result: Sendable>(
    over connection: Connection, emit: @escaping RestoreEventSink, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    guard try await connection.serverVersion >= 140_000 else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                // Only for display: if the server does not answer, the restore itself says why.
                let copies = try? await connection.query(runningCopies)
                for copy in copies ?? [] {
                    guard let table = try copy.get("name", as: String.self) else { continue }
                    emit(.item("TABLE DATA \(table)  \(counted(try copy.need("rows", as: Int64.self), "row"))"))
                }
            }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}

private let runningCopies = """
    SELECT n.nspname || '.' || c.relname AS name, p.tuples_processed AS rows
    FROM pg_catalog.pg_stat_progress_copy p
         JOIN pg_catalog.pg_class c ON c.oid = p.relid
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE p.datname = pg_catalog.current_database()
    ORDER BY p.tuples_processed
    """
