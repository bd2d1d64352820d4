import Postgres
import Rows

/// A partition that a purge dropped. An import makes it again: without it, the partitioned table takes no row of its time.
///
/// It is made as a table of its own, filled, and attached at the end. Whoever reads the partitioned table meanwhile waits
/// only while it is attached.
struct PurgedPartition: Sendable {
    let parent: TableName
    let name: TableName
    /// The first moment that belongs to it, and the first that no longer does, as PostgreSQL prints them.
    let bounds: (from: String, to: String)

    /// The partition of a slice that is to be made again.
    /// - Returns: nil if the slice had no partition of its own, if a partition of its time is there, or if the table here is not
    ///   divided by the time column alone.
    init?(of imported: ImportedSlice, over connection: Connection) async throws {
        let (slice, table) = (imported.slice, imported.table)
        guard let from = slice.from, let to = slice.to, let first = slice.partitions.first else { return nil }
        parent = imported.name
        bounds = (from, to)
        // Of several, the manifest does not have the bounds: one takes their place.
        name =
            slice.partitions.count == 1
            ? TableName(schema: first.schema, name: first.name)
            : TableName(
                schema: parent.schema,
                name: "\(parent.name)_\(slice.name.map { $0.isLetter || $0.isNumber ? $0 : "_" })")
        let divided = try await connection.query(
            """
            SELECT p.partrelid::int8 AS oid
            FROM pg_catalog.pg_partitioned_table p
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
            WHERE p.partrelid = pg_catalog.to_regclass($1) AND p.partstrat = 'r' AND p.partnatts = 1 AND a.attname = $2
            """, [parent.sql, table.timeColumn])
        guard let oid: Int64 = try divided.first?.need("oid") else { return nil }
        let names = slice.partitions.map { TableName(schema: $0.schema, name: $0.name) } + [name]
        for name in names {
            let there = try await connection.query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", [name.sql])
            if try there[0].need(at: 0) { return nil }
        }
        let leaves = try await connection.query(SQLFile.leaves.text, ["\(oid)", table.timeColumn])
        for leaf in leaves where try Self.overlaps(leaf, from, to) { return nil }
    }

    private static func overlaps(_ leaf: Row, _ from: String, _ to: String) throws -> Bool {
        guard let lower = try leaf.get("lower", as: String.self).flatMap(DatabaseTime.init),
            let upper = try leaf.get("upper", as: String.self).flatMap(DatabaseTime.init),
            let from = DatabaseTime(from), let to = DatabaseTime(to)
        else { return false }
        return lower < to && from < upper
    }

    /// Waits until no other slice makes a partition of this table: two that read the default partition, and then both attach
    /// one beside it, would wait for each other.
    func waitForOthers(over connection: Connection, deadline: Duration) async throws {
        _ = try await connection.query(
            "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))",
            ["pgassay import partition of \(parent.sql)"], deadline: deadline)
    }

    /// Makes the table that becomes the partition.
    func make(over connection: Connection) async throws {
        // Indexes and foreign keys come when it is attached. An identity would keep it from being attached.
        _ = try await connection.query(
            """
            CREATE TABLE \(name.sql) (LIKE \(parent.sql) INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)
            """)
    }

    func attach(over connection: Connection, deadline: Duration) async throws {
        _ = try await connection.query(
            """
            ALTER TABLE \(parent.sql) ATTACH PARTITION \(name.sql)
            FOR VALUES FROM (\(quoteLiteral(bounds.from))) TO (\(quoteLiteral(bounds.to)))
            """, deadline: deadline)
    }
}
