/// What the statements of a dump create that may have columns, rows, constraints or indexes.
struct CreatedRelations: Sendable {
    private var names: Set<ExactName> = []
    /// Those without their schemas, where a statement left a schema to the search path.
    private var unqualified: Set<[UInt8]> = []
    private(set) var hasTables = false
    private(set) var hasExtensions = false
    /// Whether a statement that creates a table was not understood.
    private(set) var isUnclear = false

    /// Takes a statement of any kind.
    mutating func take(_ statement: ArraySlice<SQLToken>) {
        var reader = SQLTokenReader(statement)
        guard reader.accept("create") else { return }
        if reader.accept("extension") {
            _ = reader.accept("if", "not", "exists")
            // It has no tables, and old dumps create it in every database.
            hasExtensions = hasExtensions || reader.next != .word("plpgsql")
            return
        }
        _ = reader.accept("or", "replace")
        for word in ["unlogged", "foreign", "recursive", "materialized", "temporary", "temp"] {
            _ = reader.accept(word)
        }
        let isTable = reader.accept("table")
        guard isTable || reader.accept("view") || reader.accept("sequence") else { return }
        _ = reader.accept("if", "not", "exists")
        guard let name = reader.qualifiedName() else {
            isUnclear = true
            return
        }
        hasTables = hasTables || isTable
        names.insert(ExactName(schema: name.schema, name: name.name))
        if name.schema == nil { unqualified.insert(Array(name.name.utf8)) }
    }

    /// Whether the dump creates what a statement names, as far as names tell.
    func has(_ table: CopiedTable) -> Bool {
        let name = ExactName(table)
        if names.contains(name) || unqualified.contains(name.name) { return true }
        return table.schema == nil && names.contains { $0.name == name.name }
    }
}

extension DumpSchema {
    /// A table can inherit from one that inherits from one …
    private static let mostAncestors = 100

    /// Columns that every table has, or had.
    private static let ofSystem: Set<String> = ["oid", "tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"]

    /// Whether a table has a column, its own or an inherited one.
    /// - Returns: nil where the dump does not say it.
    func has(column: String, in table: ExactName) -> Bool? {
        if Self.ofSystem.contains(column) { return true }
        return has(Array(column.utf8), in: table, Self.mostAncestors)
    }

    private func has(_ column: [UInt8], in table: ExactName, _ ancestors: Int) -> Bool? {
        guard ancestors > 0, let schema = tables[table], !schema.isUnclear else { return nil }
        if schema.columns.contains(where: { $0.name.utf8.elementsEqual(column) }) { return true }
        var answer: Bool? = false
        for parent in schema.parents {
            switch has(column, in: parent, ancestors - 1) {
            case true?: return true
            case nil: answer = nil
            case false?: break
            }
        }
        return answer
    }
}
