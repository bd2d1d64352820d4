import Checks
import Postgres

extension CheckPlan {
    static let keys =
        [
            "row-counts", "freshness", "foreign-keys", "jsonb", "sequences", "constraints", "indexes", "partitions",
            "extensions", "security", "schema-version", "large-objects", "encoding", "sql", "queries", "skip",
        ] + withoutSettings

    /// Checks that need no settings, because the restored copy itself says what to check.
    private static let withoutSettings = [
        "collations", "visibility-map", "values", "prepared-transactions", "replication-slots", "upkeep",
    ]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        for (key, value) in try values["row-counts"]?.named() ?? [] {
            let table = try key.tableName()
            guard rowCounts.updateValue(try RowCountExpectation(value), forKey: table) == nil else {
                throw key.error("\(table) is there twice")
            }
        }
        for (key, value) in try values["freshness"]?.named() ?? [] {
            let column = try key.columnName()
            guard freshness.updateValue(try FreshnessExpectation(value), forKey: column) == nil else {
                throw key.error("\(column) is there twice")
            }
        }
        // It has no settings: the database itself says which references there are. The same holds for such checks
        // below.
        _ = try values["foreign-keys"]?.mapping(allowed: [])
        for (key, value) in try values["jsonb"]?.named() ?? [] {
            let column = try key.columnName()
            guard jsonb.updateValue(try JSONBExpectation(value), forKey: column) == nil else {
                throw key.error("\(column) is there twice")
            }
        }
        _ = try values["constraints"]?.mapping(allowed: [])
        indexes = try values["indexes"].map(CheckPlan.expectedIndexes) ?? []
        _ = try values["large-objects"]?.mapping(allowed: [])
        _ = try values["sequences"]?.mapping(allowed: [])
        partitions = try values["partitions"]?.partitionExpectations() ?? [:]
        extensions = try values["extensions"]?.extensionExpectations() ?? [:]
        schemaVersion = try values["schema-version"]?.schemaVersionExpectation()
        for (key, value) in try values["security"]?.named() ?? [] {
            let table = try key.tableName()
            guard security.updateValue(try SecurityExpectation(value), forKey: table) == nil else {
                throw key.error("\(table) is there twice")
            }
        }
        // It has no settings either: the database itself says what its encoding is.
        _ = try values["encoding"]?.mapping(allowed: [])
        for key in Self.withoutSettings { _ = try values[key]?.mapping(allowed: []) }
        for (key, value) in try values["sql"]?.named() ?? [] { sql.append(try SQLExpectation(key, value)) }
        for (key, value) in try values["queries"]?.named() ?? [] { queries.append(try QueryExpectation(key, value)) }
        let ids = checkCatalogue(CheckPlan()).map { type(of: $0).description.id }
        for (key, value) in try values["skip"]?.mapping(allowed: ids) ?? [:] { skipped[key] = try value.text() }
    }
}

extension RowCountExpectation {
    static let keys = ["minimum", "maximum", "exactly"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        func rows(_ key: String) throws(PlanError) -> Int64? { try values[key]?.wholeNumber(0...Int64.max) }
        self.init(minimum: try rows("minimum"), maximum: try rows("maximum"), exactly: try rows("exactly"))
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
        if exactly != nil, values.count > 1 {
            throw node.error("exactly leaves nothing for minimum and maximum to say")
        }
        if let minimum, let maximum, minimum > maximum { throw node.error("minimum is larger than maximum") }
    }
}

extension FreshnessExpectation {
    static let keys = ["within"]

    /// Without `within`, the recovery point objective is the limit.
    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(within: try values["within"]?.duration())
    }
}

extension JSONBExpectation {
    static let keys = ["type", "every"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(type: try values["type"]?.choice(JSONType.self))
        if let list = values["every"] {
            for element in try list.list() {
                let predicate = try element.text()
                guard !every.contains(predicate) else { throw element.error("the same predicate is there twice") }
                every.append(predicate)
            }
            guard !every.isEmpty else { throw list.error("expected at least one jsonpath predicate") }
        }
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
    }
}

extension PlanNode {
    func tableName() throws(PlanError) -> TableName {
        guard let name = TableName(parsing: name) else { throw error("expected a table: name, or schema.name") }
        return name
    }

    fileprivate func columnName() throws(PlanError) -> ColumnName {
        guard let name = ColumnName(parsing: name) else {
            throw error("expected a column: table.column, or schema.table.column")
        }
        return name
    }
}
