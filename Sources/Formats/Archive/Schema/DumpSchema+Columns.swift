import Values

/// What is known of a column of a table, with what the table inherits.
struct KnownColumn: Sendable {
    let type: ResolvedType
    var isNotNull: Bool
}

extension DumpSchema {
    /// A table can inherit from one that inherits from one …
    private static let mostGenerations = 100

    /// A column of a table, its own or inherited.
    /// - Returns: nil where the dump does not say what it is, or says it in a way that is not understood.
    func column(_ name: String, of table: ExactName, encodesAsUTF8: Bool = true) -> KnownColumn? {
        column(Array(name.utf8), of: table, encodesAsUTF8, Self.mostGenerations)?.column
    }

    private func column(
        _ name: [UInt8], of table: ExactName, _ encodesAsUTF8: Bool, _ generations: Int
    ) -> (column: KnownColumn, inheritsNotNull: Bool)? {
        guard generations > 0, let schema = tables[table], !schema.isUnclear else { return nil }
        var found: KnownColumn?
        if let own = schema.columns.first(where: { $0.name.utf8.elementsEqual(name) }) {
            let type = types.resolve(own, encodesAsUTF8: encodesAsUTF8)
            found = KnownColumn(type: type, isNotNull: own.isNotNull || type.isNotNull)
        }
        for parent in schema.parents {
            guard let inherited = column(name, of: parent, encodesAsUTF8, generations - 1) else {
                // Without the parent's definition, nobody knows what it says of the column.
                if tables[parent] == nil || tables[parent]?.isUnclear == true { return nil }
                continue
            }
            var column = found ?? inherited.column
            if found == nil { column.isNotNull = inherited.column.type.isNotNull }
            column.isNotNull = column.isNotNull || (inherited.column.isNotNull && inherited.inheritsNotNull)
            found = column
        }
        guard var found else { return nil }
        if schema.notNull.contains(name) { found.isNotNull = true }
        return (found, !schema.notInherited.contains(name))
    }

    /// The columns of a table that hold a time with a time zone.
    func timeColumns(of table: ExactName, among columns: [String]) -> Set<String> {
        Set(columns.filter { column($0, of: table)?.type.type == .timestamp(zoned: true) })
    }

    /// The roots of partitions, as their statements name both.
    var namedRoots: [CopiedTable: CopiedTable] {
        roots.reduce(into: [:]) { named, pair in
            if let partition = tables[pair.key]?.table { named[partition] = tables[pair.value]?.table }
        }
    }

    /// The tables that hold the rows of a table: itself, or if it is partitioned, its partitions, and theirs.
    func leaves(of table: ExactName) -> [ExactName] {
        var leaves: [ExactName] = []
        var seen: Set<ExactName> = []
        var waiting = [table]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            if let partitions = partitions[next] {
                waiting += partitions
            } else if tables[next]?.isPartitioned != true {
                leaves.append(next)
            }
        }
        return leaves
    }
}

extension DumpSchema {
    /// Kinds of entries whose statements say something of rows.
    private static let kinds: Set<String> = [
        "TABLE", "FOREIGN TABLE", "TABLE ATTACH", "TYPE", "DOMAIN", "COLLATION", "CONSTRAINT", "CHECK CONSTRAINT",
        "FK CONSTRAINT", "INDEX", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA",
    ]

    init(_ contents: TableOfContents) {
        for entry in contents.entries where Self.kinds.contains(entry.kind) { take(SQLTokens(entry.definition)) }
    }

    /// The table that the statements of an entry create; nil where they create none.
    static func created(by definition: String) -> ExactName? {
        for statement in SQLTokens(definition).statements {
            var reader = SQLTokenReader(statement)
            guard reader.accept("create") else { continue }
            if !reader.accept("unlogged") { _ = reader.accept("foreign") }
            if reader.accept("table"), let name = reader.qualifiedName() {
                return ExactName(schema: name.schema, name: name.name)
            }
        }
        return nil
    }
}
