/// What a statement says of a table that another statement creates.
struct TableUse: Sendable, Hashable {
    let table: CopiedTable
    /// The columns of it that the statement names.
    var columns: [String] = []
    /// What needs them, as a clause has it: `the index orders_at`.
    let user: String
    let kind: Kind

    enum Kind: Sendable {
        /// Its rows.
        case rows
        /// A constraint or an index of it. `pg_dump` writes them with the table only.
        case part
        /// A foreign key that refers to it. `pg_dump` writes it whether the table is in the dump or not.
        case reference
        /// A statement about a column, of whatever has columns.
        case column
    }
}

extension TableUse {
    /// - Returns: empty for statements that name no columns.
    static func all(in statement: ArraySlice<SQLToken>) -> [TableUse] {
        var reader = SQLTokenReader(statement)
        if reader.accept("create") {
            _ = reader.accept("unique")
            return reader.accept("index") ? index(reader) : []
        }
        if reader.accept("alter", "table") { return table(reader, statement) }
        if reader.accept("alter", "sequence") {
            guard let sequence = reader.qualifiedName(), reader.accept("owned", "by") else { return [] }
            return column(reader, "the sequence \(sequence.name)")
        }
        if reader.accept("comment", "on", "column") { return column(reader, "a comment") }
        return []
    }

    /// `i ON [ONLY] s.t USING method (a, lower(b), c DESC) INCLUDE (d) …`
    private static func index(_ statement: SQLTokenReader) -> [TableUse] {
        var reader = statement
        guard let name = reader.name(), reader.accept("on") else { return [] }
        _ = reader.accept("only")
        guard let table = reader.qualifiedName(), reader.accept("using"), reader.name() != nil,
            let items = reader.list()
        else { return [] }
        var columns = items.compactMap(indexedColumn)
        if reader.accept("include") { columns += reader.names() ?? [] }
        return [
            TableUse(
                table: CopiedTable(schema: table.schema, name: table.name), columns: columns, user: "the index \(name)",
                kind: .part)
        ]
    }

    /// Nil of an expression.
    private static func indexedColumn(_ item: ArraySlice<SQLToken>) -> String? {
        var reader = SQLTokenReader(item)
        guard let name = reader.name() else { return nil }
        return [SQLToken.open, .period].contains(reader.next) ? nil : name
    }

    private static func table(_ rest: SQLTokenReader, _ statement: ArraySlice<SQLToken>) -> [TableUse] {
        var reader = rest
        _ = reader.accept("if", "exists")
        _ = reader.accept("only")
        guard let name = reader.qualifiedName() else { return [] }
        let table = CopiedTable(schema: name.schema, name: name.name)
        if reader.accept("add", "constraint") {
            guard let constraint = reader.name() else { return [] }
            return self.constraint("the constraint \(constraint)", of: table, reader, statement)
        }
        guard reader.accept("alter") else { return [] }
        _ = reader.accept("column")
        guard let column = reader.name() else { return [] }
        return [TableUse(table: table, columns: [column], user: "an ALTER TABLE", kind: .column)]
    }

    private static func constraint(
        _ user: String, of table: CopiedTable, _ definition: SQLTokenReader, _ statement: ArraySlice<SQLToken>
    ) -> [TableUse] {
        if let key = ForeignKeyDefinition(statement) {
            return [
                TableUse(table: table, columns: key.columns, user: user, kind: .part),
                TableUse(
                    table: CopiedTable(schema: key.referencedSchema, name: key.referencedTable),
                    columns: key.referencedColumns, user: user, kind: .reference),
            ]
        }
        var reader = definition
        var columns: [String] = []
        if reader.accept("not", "null") {
            columns = [reader.name()].compactMap { $0 }
        } else if reader.accept("primary", "key") || reader.accept("unique") {
            if !reader.accept("nulls", "not", "distinct") { _ = reader.accept("nulls", "distinct") }
            // `(a, b WITHOUT OVERLAPS)`
            columns = (reader.list() ?? []).compactMap { item in
                var item = SQLTokenReader(item)
                return item.name()
            }
            if reader.accept("include") { columns += reader.names() ?? [] }
        }
        return [TableUse(table: table, columns: columns, user: user, kind: .part)]
    }

    /// `s.t.c`, or `t.c` where the search path decides.
    private static func column(_ rest: SQLTokenReader, _ user: String) -> [TableUse] {
        var reader = rest
        var names: [String] = []
        repeat {
            guard let name = reader.name() else { return [] }
            names.append(name)
        } while reader.accept(.period)
        guard names.count == 2 || names.count == 3 else { return [] }
        return [
            TableUse(
                table: CopiedTable(schema: names.count == 3 ? names[0] : nil, name: names[names.count - 2]),
                columns: [names[names.count - 1]], user: user, kind: .column)
        ]
    }
}
