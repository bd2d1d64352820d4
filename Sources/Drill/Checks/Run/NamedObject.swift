import Postgres

/// Something of the database that a plan names.
package enum NamedObject: Sendable, Hashable {
    case table(TableName)
    case column(ColumnName)
    case index(TableName)
    case `extension`(ExtensionName)
}

extension CheckPlan {
    /// What the plan names of the database, apart from what stands in its queries; each once, by kind and name.
    package var namedObjects: [NamedObject] {
        let tables =
            names(in: self[RowCountsCheck.self]) + names(in: self[PartitionsCheck.self])
            + names(in: self[SecurityCheck.self])
        let columns =
            names(in: self[FreshnessCheck.self]) + names(in: self[JSONBCheck.self])
            + (self[SchemaVersionCheck.self].map { [$0.column] } ?? []) + names(in: erasure?.columns)
        let indexes = (self[IndexesCheck.self] ?? []) + (self[QueriesCheck.self] ?? []).flatMap(\.uses)
        return Set(tables).sorted().map(NamedObject.table) + Set(columns).sorted().map(NamedObject.column)
            + Set(indexes).sorted().map(NamedObject.index)
            + names(in: self[ExtensionsCheck.self]).sorted().map(NamedObject.extension)
    }

    private func names<Name, Demand>(in demands: [Name: Demand]?) -> [Name] { demands.map { Array($0.keys) } ?? [] }
}
