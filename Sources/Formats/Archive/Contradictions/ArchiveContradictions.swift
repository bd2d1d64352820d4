extension TableOfContents {
    /// What contradicts itself in the statements of an archive, and in what their entries say of them.
    func contradictions(_ schema: DumpSchema) -> ContradictionsFound {
        let known = entriesByID
        var contradictions = Contradictions()
        var flaws = wrongTexts
        for entry in entries {
            if Self.kindsWithColumns.contains(entry.kind) {
                let tokens = SQLTokens(entry.definition)
                contradictions.take(tokens)
                if let flaw = entry.contradiction(tokens, known) { flaws.append(flaw) }
                if let flaw = entry.contradictionOfName { flaws.append(flaw) }
            } else if entry.kind == "TABLE DATA" {
                let target = entry.copyStatement.flatMap(CopyTarget.init)
                let own = CopiedTable(schema: entry.namespace, name: entry.tag)
                contradictions.takeRows(
                    target?.table ?? own, columns: target?.columns ?? [],
                    by: target == nil ? "an entry with rows" : "its COPY statement")
                if let flaw = target.flatMap({ entry.contradiction($0, schema, known) }) { flaws.append(flaw) }
            }
        }
        var found = contradictions.found(schema, announced: [])
        found.flaws = flaws + found.flaws
        return found
    }

    /// Kinds of entries whose statements create what has columns, or name columns.
    private static let kindsWithColumns: Set<String> = [
        "TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "SEQUENCE OWNED BY", "DEFAULT", "EXTENSION",
        "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "COMMENT",
    ]
}

extension ArchiveEntry {
    /// Whether it is of a table, and its statement creates another, or none.
    fileprivate var contradictionOfName: DumpFlaw? {
        guard kind == "TABLE" else { return nil }
        guard let created = DumpSchema.created(by: definition)?.table else {
            return DumpFlaw(
                subject: subject,
                problem: "the table of contents says that the dump creates this table, and its statement creates none")
        }
        guard !created.isNamed(CopiedTable(schema: namespace, name: tag)) else { return nil }
        return DumpFlaw(
            subject: subject,
            problem:
                "the table of contents says that the dump creates this table, and its statement creates \(created.label)"
        )
    }

    /// Whether its COPY statement loads rows into another table than it is of.
    fileprivate func contradiction(_ target: CopyTarget, _ schema: DumpSchema, _ known: EntriesByID) -> DumpFlaw? {
        let own = CopiedTable(schema: namespace, name: tag)
        // The rows of partitions may come through their root, which only newer releases mark.
        guard !target.table.isNamed(own), !definition.hasPrefix("-- load via partition root "),
            !schema.isRoot(target.table), !tables(known).isEmpty
        else { return nil }
        return DumpFlaw(
            subject: subject,
            problem:
                "the table of contents says that it has rows, and its COPY statement loads rows into \(target.table.label)"
        )
    }

    /// Whether its statement is of another table than those that it depends on.
    fileprivate func contradiction(_ tokens: SQLTokens, _ known: EntriesByID) -> DumpFlaw? {
        guard ["CONSTRAINT", "FK CONSTRAINT", "INDEX"].contains(kind) else { return nil }
        let tables = tables(known)
        for use in tokens.statements.flatMap(TableUse.all) {
            // A table that a foreign key refers to may be left out of the dump, and is then not among them.
            let others = use.kind == .reference ? tables.filter { !isOwn($0, tokens) } : tables
            guard !others.isEmpty, !tables.contains(where: { use.table.isNamed($0) }) else { continue }
            return DumpFlaw(
                subject: use.table.label,
                problem: "\(use.user) is of this table, and its entry in the table of contents is of \(others[0].label)"
            )
        }
        return nil
    }

    /// Whether a foreign key is a constraint of the table.
    private func isOwn(_ table: CopiedTable, _ tokens: SQLTokens) -> Bool {
        tokens.statements.flatMap(TableUse.all).contains { $0.kind == .part && $0.table.isNamed(table) }
    }

    /// The tables that it depends on, as their statements create them.
    private func tables(_ known: EntriesByID) -> [CopiedTable] {
        dependencies.compactMap { id in
            known[id].flatMap { $0.kind == "TABLE" ? DumpSchema.created(by: $0.definition) : nil }?.table
        }
    }
}

extension CopiedTable {
    /// Whether another name names the same table, where either may leave its schema to the search path.
    func isNamed(_ other: CopiedTable) -> Bool {
        guard name.utf8.elementsEqual(other.name.utf8) else { return false }
        guard let schema, let otherSchema = other.schema else { return true }
        return schema.utf8.elementsEqual(otherSchema.utf8)
    }
}

extension ExactName {
    fileprivate var table: CopiedTable {
        CopiedTable(
            schema: schema.map { String(decoding: $0, as: UTF8.self) }, name: String(decoding: name, as: UTF8.self))
    }
}
