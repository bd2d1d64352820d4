import Postgres

/// A partitioned table of the restored database, with what it is divided into.
struct PartitionedTable: Sendable {
    enum Strategy: String, Sendable {
        case range = "r"
        case list = "l"
        case hash = "h"
    }

    /// A column or expression that rows are divided by.
    struct Key: Sendable {
        /// Empty where a value of it cannot be written down in SQL.
        let type: String
        /// Operators of its own order; empty where it has none.
        let less: String
        let equal: String
        /// ` COLLATE …`, or nothing.
        let collation: String

        var isTime: Bool { type.hasPrefix("timestamp") || type == "date" }
    }

    struct Partition: Sendable {
        let name: TableName
        /// As the server spells it, such as `FOR VALUES FROM (1) TO (10)`.
        let bound: String
        let isDefault: Bool
    }

    let oid: Int64
    let name: TableName
    let strategy: Strategy
    let keys: [Key]
    var partitions: [Partition] = []

    /// The one for rows that no other takes.
    var defaultPartition: Partition? { partitions.first(where: \.isDefault) }
    /// Those with bounds.
    var bounded: [Partition] { partitions.filter { !$0.isDefault } }

    /// - Parameter rows: of `partitions.sql`.
    static func all(_ rows: [Row]) throws -> [PartitionedTable] {
        var tables: [PartitionedTable] = []
        for row in rows {
            let oid = try row.need("table", as: Int64.self)
            if tables.last?.oid != oid { tables.append(try PartitionedTable(oid, row)) }
            guard let name = try row.get("partition", as: String.self) else { continue }
            tables[tables.count - 1].partitions.append(
                Partition(
                    name: TableName(schema: try row.need("partition_schema"), name: name),
                    bound: try row.need("bound"), isDefault: try row.need("is_default")))
        }
        return tables
    }

    private init(_ oid: Int64, _ row: Row) throws {
        self.oid = oid
        name = TableName(schema: try row.need("schema"), name: try row.need("name"))
        guard let strategy = Strategy(rawValue: try row.need("strategy")) else {
            throw PostgresError.unexpectedAnswer("\(name) is partitioned in an unknown way")
        }
        self.strategy = strategy
        let types = try row.need("types", as: [String].self)
        let less = try row.need("less", as: [String].self)
        let equal = try row.need("equal", as: [String].self)
        let collations = try row.need("collations", as: [String].self)
        keys = types.indices.map { Key(type: types[$0], less: less[$0], equal: equal[$0], collation: collations[$0]) }
    }
}

extension SQLFile {
    static var partitions: SQLFile { SQLFile(PackageResources.partitions_sql) }
}
