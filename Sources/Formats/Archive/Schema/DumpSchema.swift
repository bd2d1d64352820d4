/// What the statements of a dump say of its tables, types and keys, as far as rows can be judged by it. What is not
/// understood leaves a table unclear, and never makes something up.
struct DumpSchema: Sendable {
    private(set) var tables: [ExactName: TableSchema] = [:]
    private(set) var uniqueKeys: [UniqueKeySchema] = []
    private(set) var foreignKeys: [ForeignKeyDefinition] = []
    /// The partitions of each partitioned table. The key is the partitioned table.
    private(set) var partitions: [ExactName: [ExactName]] = [:]
    /// Constraints that were never checked for older rows at the source: their names, with those of their tables.
    private(set) var notValid: [String] = []
    /// Materialized views that the source has not filled, by their names.
    private(set) var unpopulatedViews: [ExactName: String] = [:]
    private(set) var types = TypeSchemas()

    /// Takes the statements of an entry, or one statement of a script.
    mutating func take(_ tokens: SQLTokens) {
        for statement in tokens.statements { take(statement) }
    }

    private mutating func take(_ statement: ArraySlice<SQLToken>) {
        var reader = SQLTokenReader(statement)
        if reader.accept("create") {
            if reader.accept("materialized", "view") { return createView(reader) }
            let isUnlogged = reader.accept("unlogged")
            let isForeign = reader.accept("foreign", "table")
            if isForeign || reader.accept("table") { return create(reader, isUnlogged, isForeign) }
            if reader.accept("unique", "index") { return createIndex(reader) }
            types.take(create: reader)
        } else if reader.accept("alter", "table") {
            alter(reader, statement)
        } else if reader.accept("alter", "type") {
            types.take(alter: reader)
        } else if reader.accept("refresh", "materialized", "view"), let name = reader.qualifiedName() {
            unpopulatedViews[ExactName(schema: name.schema, name: name.name)] = nil
        }
    }

    /// `pg_dump` writes each of them WITH NO DATA, and refreshes at the end those that the source has filled.
    private mutating func createView(_ statement: SQLTokenReader) {
        var reader = statement
        guard let name = reader.qualifiedName() else { return }
        unpopulatedViews[ExactName(schema: name.schema, name: name.name)] =
            CopiedTable(schema: name.schema, name: name.name).label
    }

    // MARK: Tables

    private mutating func create(_ statement: SQLTokenReader, _ isUnlogged: Bool, _ isForeign: Bool) {
        var reader = statement
        _ = reader.accept("if", "not", "exists")
        guard let name = reader.qualifiedName() else { return }
        var table = TableSchema(CopiedTable(schema: name.schema, name: name.name))
        let key = ExactName(table.table)
        table.isUnlogged = isUnlogged
        table.isForeign = isForeign
        // As servers before 12 are dumped.
        if reader.accept("partition", "of"), let root = reader.qualifiedName() {
            partitions[ExactName(schema: root.schema, name: root.name), default: []].append(key)
            table.isUnclear = true
        }
        if let items = reader.list() {
            for item in items { take(item: item, of: &table) }
        } else {
            // OF a type, or PARTITION OF a table: its columns stand elsewhere.
            table.isUnclear = true
        }
        if reader.accept("inherits") {
            if let parents = reader.list() {
                for parent in parents {
                    var reader = SQLTokenReader(parent)
                    guard let name = reader.qualifiedName() else { continue }
                    table.parents.append(ExactName(schema: name.schema, name: name.name))
                }
            } else {
                table.isUnclear = true
            }
        }
        table.isPartitioned = reader.has("partition", "by")
        // Two tables of one name: the search path said which is which.
        if tables[key] != nil { table.isUnclear = true }
        tables[key] = table
    }

    /// Takes a column, or what a table says of one.
    private mutating func take(item: ArraySlice<SQLToken>, of table: inout TableSchema) {
        var reader = SQLTokenReader(item)
        var named = reader
        if named.accept("constraint") { _ = named.name() }
        if named.accept("check") { return }
        if named.accept("not", "null") {
            guard let column = named.name() else {
                table.isUnclear = true
                return
            }
            if named.has("not", "valid") {
                notValid.append("\(table.table.label).\(column) NOT NULL")
            } else {
                table.notNull.insert(Array(column.utf8))
                if named.has("no", "inherit") { table.notInherited.insert(Array(column.utf8)) }
            }
            return
        }
        for word in ["primary", "unique", "foreign", "constraint", "like"] where named.next == .word(word) {
            table.isUnclear = true
            return
        }
        guard let name = reader.name(), let type = TypeName(&reader) else {
            table.isUnclear = true
            return
        }
        var collated = reader
        let collation = collated.skip(past: "collate") ? collated.qualifiedName() : nil
        table.columns.append(
            ColumnSchema(
                name: name, type: type, collation: collation.map { ExactName(schema: $0.schema, name: $0.name) },
                isNotNull: reader.has("not", "null"),
                isGenerated: reader.has("generated", "always") && !reader.has("identity")))
        if reader.has("no", "inherit") { table.notInherited.insert(Array(name.utf8)) }
    }

    private mutating func alter(_ statement: SQLTokenReader, _ tokens: ArraySlice<SQLToken>) {
        var reader = statement
        _ = reader.accept("if", "exists")
        _ = reader.accept("only")
        guard let name = reader.qualifiedName() else { return }
        let table = CopiedTable(schema: name.schema, name: name.name)
        let key = ExactName(table)
        if reader.accept("add", "constraint") {
            guard let constraint = reader.name() else { return }
            return add(constraint, to: table, reader, tokens)
        }
        if reader.accept("attach", "partition") {
            guard let partition = reader.qualifiedName() else { return }
            partitions[key, default: []].append(ExactName(schema: partition.schema, name: partition.name))
            return
        }
        if reader.accept("alter") {
            _ = reader.accept("column")
            guard let column = reader.name() else { return }
            if reader.accept("set", "not", "null") {
                tables[key]?.notNull.insert(Array(column.utf8))
            } else if reader.accept("type") || reader.accept("set", "data") || reader.accept("drop", "not") {
                tables[key]?.isUnclear = true
            }
            return
        }
        // What pg_dump never writes, or only for pg_upgrade.
        if ["add", "drop", "rename", "inherit", "no"].contains(where: { reader.next == .word($0) }) {
            if reader.accept("add", "generated") { return }
            tables[key]?.isUnclear = true
        }
    }

    // MARK: Keys

    private mutating func add(
        _ constraint: String, to table: CopiedTable, _ definition: SQLTokenReader, _ statement: ArraySlice<SQLToken>
    ) {
        var reader = definition
        if reader.has("not", "valid") { notValid.append("\(table.label).\(constraint)") }
        if reader.accept("foreign", "key") {
            if let key = ForeignKeyDefinition(statement) { foreignKeys.append(key) }
        } else if reader.accept("not", "null") {
            guard let column = reader.name(), !reader.has("not", "valid") else { return }
            tables[ExactName(table)]?.notNull.insert(Array(column.utf8))
            if reader.has("no", "inherit") { tables[ExactName(table)]?.notInherited.insert(Array(column.utf8)) }
        } else {
            let isPrimary = reader.accept("primary", "key")
            guard isPrimary || reader.accept("unique") else { return }
            var unchecked: String?
            if reader.accept("nulls", "not", "distinct") { unchecked = "NULLs are not distinct in it" }
            _ = reader.accept("nulls", "distinct")
            let columns = reader.names()
            if columns == nil { unchecked = "it is over ranges" }
            uniqueKeys.append(
                UniqueKeySchema(
                    table: ExactName(table), tableName: table, name: constraint, columns: columns ?? [],
                    isPrimary: isPrimary, unchecked: unchecked))
        }
    }

    /// `CREATE UNIQUE INDEX i ON s.t USING btree (a, b) INCLUDE (c) NULLS NOT DISTINCT WHERE (…)`.
    private mutating func createIndex(_ statement: SQLTokenReader) {
        var reader = statement
        guard let name = reader.name(), reader.accept("on") else { return }
        // Of a partitioned table: each partition has an index of its own.
        let isOfRoot = reader.accept("only")
        guard let table = reader.qualifiedName(), !isOfRoot, reader.accept("using"), let method = reader.name(),
            let items = reader.list()
        else { return }
        var columns: [String] = []
        var unchecked: String?
        for item in items {
            var reader = SQLTokenReader(item)
            let column = reader.name()
            if !reader.accept("desc") { _ = reader.accept("asc") }
            if !reader.accept("nulls", "first") { _ = reader.accept("nulls", "last") }
            if let column, reader.isAtEnd {
                columns.append(column)
            } else {
                unchecked = "it is over an expression, or compares in a way of its own"
            }
        }
        if method != "btree" { unchecked = "it is an index of the kind \(method)" }
        if reader.has("not", "distinct") { unchecked = "NULLs are not distinct in it" }
        if reader.has("where") { unchecked = "it is over a part of the rows" }
        let copied = CopiedTable(schema: table.schema, name: table.name)
        uniqueKeys.append(
            UniqueKeySchema(
                table: ExactName(copied), tableName: copied, name: name, columns: columns, isPrimary: false,
                unchecked: unchecked))
    }
}
