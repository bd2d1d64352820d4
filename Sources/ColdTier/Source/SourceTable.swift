import Postgres
import Rows

/// A table that is exported, as its database describes it.
struct SourceTable: Sendable {
    let request: ExportRequest.Table
    let oid: Int64
    /// `timestamp with time zone`, `timestamp without time zone` or `date`.
    let timeType: String
    /// Position of the time column in a row; 0-based.
    let timeIndex: Int
    let shape: ExportManifest.Shape
    let leaves: [Leaf]

    var name: TableName { request.name }

    /// A relation that holds rows of the table itself.
    struct Leaf: Sendable {
        let oid: Int64
        let name: TableName
        /// Size in bytes, including what is stored out of line.
        let bytes: Int64
        /// Number of pages, 8 kB each, as row identifiers number them.
        let pages: Int64
        /// For a partition by range of the time alone: the first moment that belongs to it, and the first that does
        /// not.
        let bounds: (lower: String, upper: String)?
    }

    /// - Throws: ``ExportError``, ``PostgresError``.
    static func read(_ request: ExportRequest.Table, over connection: Connection) async throws -> SourceTable {
        let name = request.name
        guard let row = try await connection.query(SQLFile.table.text, [name.sql]).first else {
            let database = try await connection.query("SELECT current_database()")[0].need(at: 0, as: String.self)
            throw ExportError.noTable(name, database: database)
        }
        let kind: String = try row.need("kind")
        guard kind == "r" || kind == "p" else { throw ExportError.notATable(name, kind: words[kind] ?? "no table") }
        guard try row.need("readable") else { throw ExportError.mayNotRead(name) }
        let oid: Int64 = try row.need("oid")
        let columns = try await connection.query(SQLFile.columns.text, ["\(oid)"]).map(SourceColumn.init)
        guard let time = columns.first(where: { $0.name.utf8.elementsEqual(request.timeColumn.utf8) }) else {
            throw ExportError.noColumn(request.timeColumn, of: name)
        }
        guard timeTypes.contains(time.baseType), !time.isGenerated else {
            throw ExportError.notATimeColumn(
                request.timeColumn, of: name, type: time.type + (time.isGenerated ? ", generated" : ""))
        }
        let stored = columns.filter { !$0.isGenerated }
        return SourceTable(
            request: request, oid: oid, timeType: time.baseType,
            timeIndex: stored.firstIndex { $0.name.utf8.elementsEqual(time.name.utf8) }!,
            shape: try await shape(of: name, oid, columns, over: connection),
            leaves: try await leaves(of: name, oid, time.name, over: connection))
    }

    private static let timeTypes = ["timestamp with time zone", "timestamp without time zone", "date"]

    /// Words for the values of `pg_class.relkind`.
    private static let words = [
        "v": "a view", "m": "a materialized view", "f": "a foreign table", "S": "a sequence", "c": "a composite type",
        "i": "an index", "I": "an index", "t": "a TOAST table",
    ]

    private static func shape(
        of name: TableName, _ oid: Int64, _ columns: [SourceColumn], over connection: Connection
    ) async throws -> ExportManifest.Shape {
        let key = try await connection.query(SQLFile.primaryKey.text, ["\(oid)"]).map {
            try $0.need("name", as: String.self)
        }
        let types = try await connection.query(SQLFile.types.text, ["\(oid)"]).map {
            ExportManifest.TypeDefinition(name: try $0.need("name"), definition: try $0.need("definition"))
        }
        return ExportManifest.Shape(
            columns: columns.filter { !$0.isGenerated }.map(\.exported), key: key, types: types,
            definition: definition(of: name, columns, key: key))
    }

    private static func leaves(
        of name: TableName, _ oid: Int64, _ timeColumn: String, over connection: Connection
    ) async throws -> [Leaf] {
        try await connection.query(SQLFile.leaves.text, ["\(oid)", timeColumn]).map { row in
            let leaf = TableName(schema: try row.need("schema"), name: try row.need("name"))
            guard try row.need("kind") == "r" else { throw ExportError.foreignPartition(leaf, of: name) }
            let lower: String? = try row.get("lower")
            let upper: String? = try row.get("upper")
            return Leaf(
                oid: try row.need("oid"), name: leaf, bytes: try row.need("bytes"),
                pages: try row.need("heap_bytes", as: Int64.self) / 8192,
                bounds: lower.flatMap { lower in upper.map { (lower, $0) } })
        }
    }
}

/// A column as its table's database describes it.
struct SourceColumn: Sendable {
    let name: String
    let type: String
    /// The type that a domain is based on, without length or precision.
    let baseType: String
    /// The type of the values below domains, with length or precision; an enumeration is `enum`.
    let valueType: String
    let isNotNull: Bool
    /// `pg_attribute.attidentity`: `a` (always), `d` (by default) or empty.
    let identity: String
    /// `pg_attribute.attgenerated`: `s` (stored), `v` (virtual) or empty.
    let generated: String
    let expression: String?

    var isGenerated: Bool { !generated.isEmpty }

    init(_ row: Row) throws(PostgresError) {
        name = try row.need("name")
        type = try row.need("type")
        baseType = try row.need("base_type")
        valueType = try row.need("value_type")
        isNotNull = try row.need("not_null")
        identity = try row.need("identity")
        generated = try row.need("generated")
        expression = try row.get("expression")
    }

    var exported: ExportColumn {
        ExportColumn(name: name, type: type, base: valueType == type ? nil : valueType, kind: kind)
    }

    private var kind: ExportColumn.Kind {
        switch baseType {
        case "smallint", "integer", "bigint", "numeric", "real", "double precision", "oid": .number
        case "boolean": .boolean
        case "jsonb": .json
        default: .text
        }
    }
}
