/// What the definition of a table in a dump says of its columns.
struct TableDefinition {
    struct Column {
        let name: String
        /// Nil where it is not written as `pg_dump` writes one.
        let type: ColumnType?
    }

    let table: CopiedTable
    /// Its own columns, in order. Those that it inherits, or has from a type, are not among them.
    let columns: [Column]
    /// The tables and the type whose columns come before its own.
    let parents: [CopiedTable]

    /// - Parameter definition: one statement or more, of which the first that creates a table counts.
    /// - Returns: nil where it creates none.
    init?(_ definition: String) {
        self.init(SQLTokens(definition).statements)
    }

    init?(_ statements: [ArraySlice<SQLToken>]) {
        for statement in statements {
            var reader = SQLTokenReader(statement)
            guard reader.accept("create") else { continue }
            _ = reader.accept("unlogged")
            guard reader.accept("table"), let name = reader.qualifiedName() else { continue }
            table = CopiedTable(schema: name.schema, name: name.name)
            var parents: [CopiedTable] = []
            if reader.accept("of") || reader.accept("partition", "of"), let parent = reader.qualifiedName() {
                parents = [CopiedTable(schema: parent.schema, name: parent.name)]
            }
            columns = reader.accept(.open) ? reader.columns() : []
            if reader.accept("inherits"), reader.accept(.open) {
                while let parent = reader.qualifiedName() {
                    parents.append(CopiedTable(schema: parent.schema, name: parent.name))
                    guard reader.accept(.comma) else { break }
                }
            }
            self.parents = parents
            return
        }
        return nil
    }
}

/// The type of a column, as `format_type` prints it.
struct ColumnType {
    let schema: String?
    let name: String
    let isArray: Bool
}

extension SQLTokenReader {
    /// Takes `name type …, name type …)`.
    mutating func columns() -> [TableDefinition.Column] {
        var columns: [TableDefinition.Column] = []
        while let name = name() {
            columns.append(TableDefinition.Column(name: name, type: type()))
            guard skipItem() else { break }
        }
        return columns
    }

    /// Takes `schema.name (modifiers) [with time zone] []`.
    mutating func type() -> ColumnType? {
        guard let type = qualifiedName() else { return nil }
        if accept(.open) { _ = skipItem(untilClosed: true) }
        _ = accept("with", "time", "zone")
        let isArray = next == .symbol(UInt8(ascii: "["))
        return ColumnType(schema: type.schema, name: type.name, isArray: isArray)
    }

    /// Moves past the comma that ends the item of a list, or past the parenthesis that ends the list.
    /// - Parameter untilClosed: moves past the whole list.
    /// - Returns: false at the end of the list.
    mutating func skipItem(untilClosed: Bool = false) -> Bool {
        var depth = 0
        while let token = next {
            skip()
            switch token {
            case .open: depth += 1
            case .close where depth == 0: return false
            case .close: depth -= 1
            case .comma where depth == 0 && !untilClosed: return true
            default: break
            }
        }
        return false
    }
}
