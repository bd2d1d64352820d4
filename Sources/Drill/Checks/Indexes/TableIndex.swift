import Postgres

/// An index of the restored database.
struct TableIndex: Sendable {
    let oid: Int64
    let name: TableName
    let table: TableName
    /// `btree`, `gin`, …
    let accessMethod: String
    /// It has no entries itself.
    let isPartitioned: Bool
    let isValid: Bool
    /// With its table, as large as they were when it was made.
    let bytes: Int64
    /// Nil unless it is unique.
    let key: UniqueKey?

    static func all(in context: CheckContext) async throws -> [TableIndex] {
        try await context.query(SQLFile.indexes.text).map(TableIndex.init)
    }

    private init(_ row: Row) throws {
        oid = try row.need("oid")
        name = TableName(schema: try row.need("schema"), name: try row.need("name"))
        table = TableName(schema: try row.need("table_schema"), name: try row.need("table"))
        accessMethod = try row.need("access_method")
        isPartitioned = try row.need("is_partitioned")
        isValid = try row.need("is_valid")
        bytes = try row.need("bytes")
        key = try row.need("is_unique") ? UniqueKey(row) : nil
    }
}

/// What a unique index allows only once.
struct UniqueKey: Sendable {
    /// Columns and expressions, as SQL.
    private let expressions: [String]
    /// Of a partial index, as SQL.
    private let predicate: String?
    private let nullsAreEqual: Bool
    /// Equal to the index is what is equal to its types.
    let comparesAsTypes: Bool

    init(_ row: Row) throws {
        expressions = try row.need("keys")
        predicate = try row.get("predicate")
        nullsAreEqual = try row.need("nulls_not_distinct")
        comparesAsTypes = try row.need("as_types_compare")
    }

    /// Counts the keys that several rows share. A key with a NULL in it is shared with none, unless the index says so.
    func countDuplicates(in table: Table) -> String {
        let keys = expressions.indices.map { "k\($0)" }
        let values = zip(expressions, keys).map { "\($0) AS \($1)" }.joined(separator: ", ")
        let rows = "SELECT \(values) FROM \(table.sql)\(predicate.map { " WHERE \($0)" } ?? "")"
        // Not IS NOT NULL, which of a composite value asks for each of its fields.
        let distinct = nullsAreEqual ? [] : keys.map { "\($0) IS DISTINCT FROM NULL" }
        return """
            SELECT count(*) FROM (
                SELECT FROM (\(rows)) r \(distinct.isEmpty ? "" : "WHERE \(distinct.joined(separator: " AND "))")
                GROUP BY \(keys.joined(separator: ", ")) HAVING count(*) > 1) d
            """
    }

    /// Reads the rows themselves, and never an index that may be what is broken; sorts them, which rows in the order of
    /// their key make cheap, in memory while they are few.
    static let settings = withoutIndexes.merging(["enable_hashagg": "off", "work_mem": "64MB"]) { $1 }

    /// An index that came with a copy may be what is broken, or out of order on this machine.
    static let withoutIndexes = ["enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"]
}

extension SQLFile {
    static var indexes: SQLFile { SQLFile(PackageResources.indexes_sql) }
}
