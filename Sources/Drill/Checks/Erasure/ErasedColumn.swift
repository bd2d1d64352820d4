import Postgres
import Rows

/// A column that must not have the keys of a list.
struct ErasedColumn: Sendable {
    let name: ColumnName
    let list: ErasedKeyList

    /// What a look at the restored database finds.
    enum Sight: Sendable {
        case noTable, noColumn
        case seen(HeldKeys)
    }

    /// Reads the column, of the table and of everything that inherits from it: partitions and other tables. The values come
    /// here to be compared, so that no key is in a statement, which a server may log.
    /// - Throws: ``Postgres/PostgresError``, ``ErasureFileError``.
    func look(over session: Session) async throws -> Sight {
        let rows = try await session.query(Self.tables, name.nameParts)
        guard !rows.isEmpty else { return .noTable }
        guard let type = try rows[0].get("type", as: String.self) else { return .noColumn }
        let keys = try ErasedKeys(list, ofType: type)
        var held = HeldKeys(listed: keys.count)
        for row in rows where try row.need("has_rows") {
            let table = TableName(schema: try row.need("schema"), name: try row.need("name"))
            let copy = "COPY (SELECT \(quoteIdentifier(name.name)) FROM ONLY \(table.sql)) TO STDOUT"
            held = try await session.readingRows(copy) { [held] session in
                var held = held
                try await session.copyOut(copy) { row in
                    if let line = keys.line(of: row) { held.add(line: line) }
                }
                return held
            }
        }
        return .seen(held)
    }

    /// The table or materialized view, first, and all that inherit from it, with the type of the column: of a domain, the
    /// type below it; NULL without such a column. A foreign table has its rows elsewhere.
    private static let tables = """
        WITH RECURSIVE tree AS (
            SELECT c.oid, 0 AS depth
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'm')
            UNION
            SELECT i.inhrelid, t.depth + 1 FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
        ), base AS (
            SELECT t.oid AS type, t.oid AS basetype FROM pg_catalog.pg_type t WHERE t.typtype <> 'd'
            UNION ALL
            SELECT d.oid, b.basetype FROM pg_catalog.pg_type d JOIN base b ON d.typbasetype = b.type WHERE d.typtype = 'd'
        )
        SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind IN ('r', 'm') AS has_rows,
            pg_catalog.format_type(b.basetype, NULL) AS type
        FROM (SELECT oid, min(depth) AS depth FROM tree GROUP BY oid) t
            JOIN pg_catalog.pg_class c ON c.oid = t.oid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_attribute a
                ON a.attrelid = c.oid AND a.attname = $3 AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN base b ON b.type = a.atttypid
        ORDER BY t.depth, t.oid
        """
}
