import Postgres

/// A query of the application, and how the restored database goes about it.
struct HotQuery {
    let sql: String
    let session: Session

    /// How the planner would answer it.
    /// - Parameter allowsReadingWhole: reading a table from one end to the other is a way to answer it.
    func plan(allowsReadingWhole: Bool = true) async throws -> QueryPlan {
        try await WrittenQuery.ask(over: session, settings: allowsReadingWhole ? [:] : ["enable_seqscan": "off"]) {
            try await QueryPlan(parsing: $0.query("EXPLAIN (VERBOSE, FORMAT JSON) \(sql)"))
        }
    }

    /// How long it takes to plan and run it, in milliseconds: the median of three, after one to warm up. The answer stays
    /// at the server.
    func time() async throws -> Double {
        try await WrittenQuery.ask(over: session) { session in
            var times: [Double] = []
            for _ in 0...3 {
                times.append(
                    try await QueryPlan(parsing: session.query("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) \(sql)"))
                        .time)
            }
            return times.dropFirst().sorted()[1]
        }
    }

    /// Gives the planner the statistics that a restored database lacks, for the tables of this query.
    func analyzeTables() async throws {
        let tables = try await plan().tables
        guard !tables.isEmpty else { return }
        let unknown = try await session.query(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM (VALUES \(Self.list(tables))) AS t (schema, name)
                 JOIN pg_namespace n ON n.nspname = t.schema
                 JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.name
            WHERE c.relkind IN ('r', 'm')
              AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = t.schema AND s.tablename = t.name)
            """
        ).map { try $0.need(at: 0, as: String.self) }
        if !unknown.isEmpty { _ = try await session.query("ANALYZE \(unknown.joined(separator: ", "))") }
    }

    /// An index and, of a partitioned table's, those of its partitions, each with its table.
    /// - Returns: nothing when there is no such index.
    func indexAndPartitions(_ index: TableName) async throws -> [(index: TableName, table: TableName, bytes: Int64)] {
        try await session.query(
            """
            WITH named AS (
                SELECT c.oid
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('i', 'I')
            ), tree AS (
                SELECT oid FROM named
                UNION
                SELECT t.relid::oid FROM named, pg_partition_tree(named.oid) AS t
            )
            SELECT n.nspname::text AS schema, c.relname::text AS name, t.relname::text AS table,
                   pg_relation_size(t.oid) AS bytes
            FROM tree
                 JOIN pg_class c ON c.oid = tree.oid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_index i ON i.indexrelid = c.oid
                 JOIN pg_class t ON t.oid = i.indrelid
            """, [index.schema, index.name]
        ).map { row in
            let schema: String = try row.need("schema")
            return (
                TableName(schema: schema, name: try row.need("name")),
                TableName(schema: schema, name: try row.need("table")), try row.need("bytes")
            )
        }
    }

    private static func list(_ tables: Set<TableName>) -> String {
        tables.sorted().map { "(\(quoteLiteral($0.schema)), \(quoteLiteral($0.name)))" }.joined(separator: ", ")
    }
}
