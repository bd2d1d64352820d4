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
    /// Whether it neither creates a table nor has rows or large objects.
    package let hasNoTables: Bool
    /// Whether it has definitions that are of tables, such as constraints and indexes.
    package let hasPartsOfTables: Bool
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
            tablesWithoutRows: empty.map(\.subject), hasNoRows: data.isEmpty && !tables.isEmpty,
            hasNoTables: contents.entries.allSatisfy { !$0.hasData && !Self.kindsOfTables.contains($0.kind) }
                && contents.largeObjects.isEmpty,
            hasPartsOfTables: contents.entries.contains { Self.kindsOfParts.contains($0.kind) }, schema: schema,
            extensions: contents.extensions, roles: contents.roles, tablespaces: contents.tablespaces)
    }

    init(_ outline: PlainOutline) {
        let tables = outline.schema.tables.filter(\.value.holdsRows)
        let empty = tables.filter { !outline.filled.contains($0.key) }
        self.init(
            hasNoOffsets: false, isFilteredByPolicies: outline.isFilteredByPolicies,
            tablesWithoutRows: empty.values.map(\.table.label).sorted(),
            hasNoRows: outline.filled.isEmpty && !tables.isEmpty,
            hasNoTables: outline.filled.isEmpty && outline.kinds.isDisjoint(with: Self.kindsOfTables)
                && outline.schema.tables.isEmpty,
            hasPartsOfTables: !outline.kinds.isDisjoint(with: Self.kindsOfParts), schema: outline.schema,
            extensions: outline.extensions.sorted(), roles: outline.roles.sorted(), tablespaces: [])
    }

    /// Kinds of entries that create a table, or hold what is in one, or a large object.
    private static let kindsOfTables: Set<String> = [
        "TABLE", "FOREIGN TABLE", "TABLE DATA", "BLOB", "BLOBS", "BLOB METADATA",
    ]
    /// Kinds of entries that `pg_dump --section=post-data` has, and no database has without tables.
    private static let kindsOfParts: Set<String> = [
        "CONSTRAINT", "FK CONSTRAINT", "INDEX", "INDEX ATTACH", "TRIGGER", "RULE", "POLICY", "ROW SECURITY",
    ]

    private init(
        hasNoOffsets: Bool, isFilteredByPolicies: Bool, tablesWithoutRows: [String], hasNoRows: Bool,
        hasNoTables: Bool, hasPartsOfTables: Bool, schema: DumpSchema, extensions: [String], roles: [String],
        tablespaces: [String]
    ) {
        self.hasNoOffsets = hasNoOffsets
        self.isFilteredByPolicies = isFilteredByPolicies
        self.tablesWithoutRows = tablesWithoutRows
        self.hasNoRows = hasNoRows
        self.hasNoTables = hasNoTables
        self.hasPartsOfTables = hasPartsOfTables
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
