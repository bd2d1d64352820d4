import Postgres

/// The tables of a restored database, read once and shared by all checks.
package struct Catalogue: Sendable {
    /// Sorted by schema and name.
    package let tables: [Table]
    private let byName: [TableName: Table]
    private let byID: [Int64: Table]
    /// Those that belong to columns of whole numbers, sorted by schema and name.
    let sequences: [KeySequence]
    private let sequenceColumns: [Int64: [(KeySequence, SequenceColumn)]]

    package func table(_ name: TableName) -> Table? { byName[name] }
    func table(_ oid: Int64) -> Table? { byID[oid] }

    /// The columns of a table that sequences belong to, by the table's oid.
    func sequenceColumns(of table: Int64) -> [(KeySequence, SequenceColumn)] { sequenceColumns[table] ?? [] }

    /// The tables that hold the rows of a table: itself, or the leaves below a partitioned one.
    func leaves(of table: Table) -> [Table] {
        table.isPartitioned ? tables.filter { !$0.isPartitioned && $0.ancestors.contains(table.oid) } : [table]
    }

    /// The table at the top of a partition tree; the table itself where there is none.
    func root(of table: Table) -> Table { table.ancestors.last.flatMap { byID[$0] } ?? table }

    init(tables: [Table], sequences: [KeySequence]) {
        self.tables = tables
        self.sequences = sequences
        sequenceColumns = Dictionary(
            grouping: sequences.flatMap { sequence in sequence.columns.map { (sequence, $0) } }, by: \.1.table)
        byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
        byID = Dictionary(uniqueKeysWithValues: tables.map { ($0.oid, $0) })
    }

    /// - Parameter canRead: which tables' sizes and CHECK constraints are asked for, since that waits for whoever alters
    ///   them; the others count as empty, and without any.
    static func read(
        over connection: Connection, canRead: (TableName) -> Bool = { _ in true }
    ) async throws -> Catalogue {
        let columns = Dictionary(
            grouping: try await connection.query(SQLFile.columns.text).map { row in
                (
                    table: try row.need("table", as: Int64.self),
                    column: Column(
                        name: try row.need("name"), type: try row.need("type"), isIndexed: try row.need("is_indexed"),
                        isText: try row.need("is_text"), isStored: try row.need("is_stored"),
                        isNative: try row.need("is_native"))
                )
            }, by: \.table)
        var tables = try await connection.query(SQLFile.catalogue.text).map { row in
            let oid = try row.need("oid", as: Int64.self)
            return Table(
                oid: oid, name: TableName(schema: try row.need("schema"), name: try row.need("name")),
                isPartitioned: try row.need("is_partitioned"),
                ancestors: try row.need("ancestors", as: [String].self).compactMap { Int64($0) },
                bytes: 0, columns: (columns[oid] ?? []).map(\.column), checks: [])
        }
        let readable = "{" + tables.filter { canRead($0.name) }.map { "\($0.oid)" }.joined(separator: ",") + "}"
        let sizes = Dictionary(
            uniqueKeysWithValues: try await connection.query(Self.sizes, [readable]).map {
                (try $0.need(at: 0, as: Int64.self), try $0.get(at: 1, as: Int64.self) ?? 0)
            })
        let checks = try await CheckConstraint.read(of: readable, over: connection)
        for index in tables.indices {
            tables[index].bytes = sizes[tables[index].oid] ?? 0
            tables[index].checks = checks[tables[index].oid] ?? []
        }
        return Catalogue(
            tables: tables, sequences: try KeySequence.all(await connection.query(SQLFile.sequences.text)))
    }

    /// Rows and what of them is stored out of line; not the maps beside them, which a vacuum may make at any time.
    private static let sizes = """
        SELECT c.oid::int8, pg_catalog.pg_relation_size(c.oid)
            + CASE c.reltoastrelid WHEN 0 THEN 0 ELSE pg_catalog.pg_relation_size(c.reltoastrelid) END
        FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::pg_catalog.oid[])
        """
}

/// A table of the restored database.
package struct Table: Sendable, Hashable {
    let oid: Int64
    package let name: TableName
    /// It holds no rows itself.
    package let isPartitioned: Bool
    /// The partitioned tables above it, the nearest first.
    let ancestors: [Int64]
    var bytes: Int64
    /// Its columns of the types that checks ask about.
    let columns: [Column]
    /// The CHECK constraints that its rows satisfy, or that its partitions' rows do.
    var checks: [CheckConstraint]

    var isPartition: Bool { !ancestors.isEmpty }

    /// For SQL: a partitioned table with its partitions; of any other, its own rows only, since tables that inherit from
    /// it are asked on their own and no key reaches into them.
    var sql: String { (isPartitioned ? "" : "ONLY ") + name.sql }
}

/// A column of a type that checks ask about.
struct Column: Sendable, Hashable {
    let name: String
    /// As `format_type` spells it: `jsonb`, `timestamp with time zone`. A domain's base type.
    let type: String
    let isIndexed: Bool
    /// Of a string type, or an array of one, and stored.
    let isText: Bool
    /// Virtual columns are not.
    let isStored: Bool
    /// Of a type, or an array of one, whose code is PostgreSQL's own.
    let isNative: Bool

    var sql: String { quoteIdentifier(name) }

    var isTime: Bool { type.hasPrefix("timestamp") || type == "date" }
    var isJSON: Bool { ["json", "jsonb", "json[]", "jsonb[]"].contains(type) }
}

extension SQLFile {
    static var catalogue: SQLFile { SQLFile(PackageResources.catalogue_sql) }
    static var columns: SQLFile { SQLFile(PackageResources.columns_sql) }
}
