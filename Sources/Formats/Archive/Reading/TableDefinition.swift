/// What the definition of a table in a dump says of its columns.
struct TableDefinition {
    struct Column {
        let name: String
        /// Nil where it is not written as `pg_dump` writes one.
        let type: TypeName?
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
            columns = reader.columns()
            if reader.accept("inherits") {
                for item in reader.list() ?? [] {
                    var reader = SQLTokenReader(item)
                    guard let parent = reader.qualifiedName() else { continue }
                    parents.append(CopiedTable(schema: parent.schema, name: parent.name))
                }
            }
            self.parents = parents
            return
        }
        return nil
    }
}

extension SQLTokenReader {
    /// Takes the columns of a list in parentheses: `(name type …, name type …)`.
    mutating func columns() -> [TableDefinition.Column] {
        (list() ?? []).compactMap { item in
            var reader = SQLTokenReader(item)
            return reader.name().map { TableDefinition.Column(name: $0, type: TypeName(&reader)) }
        }
    }
}
