/// Which lists of columns of each table are keys that must be known: its own unique keys, those that refer to others, and
/// those that others refer to.
struct WantedKeys {
    private var columns: [ExactName: Set<[String]>] = [:]
    private var primary: [ExactName: [String]] = [:]

    init(_ schema: DumpSchema) {
        for key in schema.uniqueKeys {
            if key.isPrimary { primary[key.table] = key.columns }
            if key.unchecked == nil { want(key.columns, of: key.table, schema) }
        }
        for key in schema.foreignKeys where !key.hasPeriod {
            want(key.columns, of: ExactName(schema: key.schema, name: key.table), schema)
            want(
                referencedColumns(of: key), of: ExactName(schema: key.referencedSchema, name: key.referencedTable),
                schema)
        }
    }

    private mutating func want(_ key: [String], of table: ExactName, _ schema: DumpSchema) {
        guard !key.isEmpty else { return }
        for leaf in schema.leaves(of: table) { columns[leaf, default: []].insert(key) }
    }

    /// The columns that a foreign key refers to: those of the primary key, if it names none.
    func referencedColumns(of key: ForeignKeyDefinition) -> [String] {
        guard key.referencedColumns.isEmpty else { return key.referencedColumns }
        return primary[ExactName(schema: key.referencedSchema, name: key.referencedTable)] ?? []
    }

    /// The keys of a table, in an order of their own.
    func keys(of table: ExactName) -> [[String]] { (columns[table] ?? []).sorted { $0.lexicographicallyPrecedes($1) } }

    /// Whether a column is of the primary key, and so never NULL.
    func isPrimary(_ column: String, of table: ExactName) -> Bool {
        primary[table]?.contains { $0.utf8.elementsEqual(column.utf8) } ?? false
    }
}
