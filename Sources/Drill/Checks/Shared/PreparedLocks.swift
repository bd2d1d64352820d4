import Postgres

/// Tables that prepared transactions have locked, for as long as nobody decides on them: the log has brought the locks with
/// the transactions.
struct PreparedLocks: Sendable {
    /// They cannot even be read.
    let exclusive: Set<TableName>
    /// They cannot be locked against writers.
    let written: Set<TableName>

    static func read(over connection: Connection) async throws -> PreparedLocks {
        let rows = try await connection.query(
            """
            SELECT n.nspname AS schema, c.relname AS name, pg_catalog.bool_or(l.mode = 'AccessExclusiveLock') AS exclusive
            FROM pg_catalog.pg_locks l
                 JOIN pg_catalog.pg_class c ON c.oid = l.relation
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE l.locktype = 'relation' AND l.pid IS NULL AND l.granted
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
              AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareLock')
              AND c.relkind IN ('r', 'p', 'm')
            GROUP BY 1, 2
            """
        ).map {
            (
                TableName(schema: try $0.need("schema"), name: try $0.need("name")),
                try $0.need("exclusive", as: Bool.self)
            )
        }
        return PreparedLocks(exclusive: Set(rows.filter(\.1).map(\.0)), written: Set(rows.map(\.0)))
    }
}
