/// What a person should know of a dump that is whole. Names are as the dump's statements have them.
package struct DumpNotices: Sendable {
    /// Whether the table of contents does not say where the data is: `pg_dump` wrote to a pipe, or was interrupted.
    package let hasNoOffsets: Bool
    /// Whether `pg_dump` let policies hide rows from it. An archive does not show it.
    package let isFilteredByPolicies: Bool
    /// Tables that the dump creates, and has no data of.
    package let tablesWithoutRows: [String]
    /// Whether no table has data.
    package let hasNoRows: Bool
    package let unloggedTables: [String]
    package let unpopulatedViews: [String]
    /// Constraints that older rows at the source may break.
    package let notValid: [String]
    package let extensions: [String]
    package let roles: [String]
    package let tablespaces: [String]
}

extension DumpNotices {
    init(_ contents: TableOfContents, _ schema: DumpSchema) {
        let data = contents.entries.filter { $0.kind == "TABLE DATA" }
        let filled = Set(data.flatMap(\.dependencies))
        let tables = contents.tables.filter { entry in
            guard let name = DumpSchema.created(by: entry.definition) else { return false }
            return schema.tables[name]?.holdsRows == true
        }
        let empty = tables.filter { !filled.contains($0.dumpID) }
        self.init(
            hasNoOffsets: contents.entries.contains { $0.data == .notSet }, isFilteredByPolicies: false,
            tablesWithoutRows: empty.map(\.subject), hasNoRows: data.isEmpty && !tables.isEmpty, schema: schema,
            extensions: contents.extensions, roles: contents.roles, tablespaces: contents.tablespaces)
    }

    init(_ outline: PlainOutline) {
        let tables = outline.schema.tables.filter(\.value.holdsRows)
        let empty = tables.filter { !outline.filled.contains($0.key) }
        self.init(
            hasNoOffsets: false, isFilteredByPolicies: outline.isFilteredByPolicies,
            tablesWithoutRows: empty.values.map(\.table.label).sorted(),
            hasNoRows: outline.filled.isEmpty && !tables.isEmpty, schema: outline.schema,
            extensions: outline.extensions.sorted(), roles: outline.roles.sorted(), tablespaces: [])
    }

    private init(
        hasNoOffsets: Bool, isFilteredByPolicies: Bool, tablesWithoutRows: [String], hasNoRows: Bool,
        schema: DumpSchema, extensions: [String], roles: [String], tablespaces: [String]
    ) {
        self.hasNoOffsets = hasNoOffsets
        self.isFilteredByPolicies = isFilteredByPolicies
        self.tablesWithoutRows = tablesWithoutRows
        self.hasNoRows = hasNoRows
        unloggedTables = schema.tables.values.filter(\.isUnlogged).map(\.table.label).sorted()
        // Without data, none of them is filled, and that says nothing.
        unpopulatedViews = hasNoRows ? [] : schema.unpopulatedViews.values.sorted()
        notValid = schema.notValid
        self.extensions = extensions
        // Every server has its own roles of this kind.
        self.roles = roles.filter { !$0.hasPrefix("pg_") }
        self.tablespaces = tablespaces
    }
}

extension TableSchema {
    /// Whether rows of it are in a dump: not of a partitioned table, whose partitions have them, and not of a foreign one.
    var holdsRows: Bool { !isPartitioned && !isForeign }
}
