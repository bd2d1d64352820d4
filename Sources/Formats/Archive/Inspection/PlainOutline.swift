/// What a plain dump says besides the rows of its tables, which are passed over.
struct PlainOutline {
    private(set) var schema = DumpSchema()
    private(set) var roles: Set<String> = []
    private(set) var extensions: Set<String> = []
    /// The tables of which the dump has data, be it no row.
    private(set) var filled: Set<ExactName> = []
    /// The kinds of what the dump announces in comments.
    private(set) var kinds: Set<String> = []
    /// Whether `pg_dump` let policies hide rows from it (`--enable-row-security`).
    private(set) var isFilteredByPolicies = false
    private var script: ScriptContradictions

    /// - Parameter saysEncoding: whether the dump says in which encoding it is.
    init(saysEncoding: Bool) { script = ScriptContradictions(saysEncoding: saysEncoding) }

    /// Reads a dump to its end, or to where it cannot be decoded.
    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    init(_ dump: Dump, _ progress: (Int64) throws -> Void) throws {
        self.init(saysEncoding: dump.plainHeader?.clientEncoding != nil)
        // Whoever reads the rows meets again what cannot be decoded.
        _ = try dump.readScript(progress) { _, parts in take(parts) }
    }

    /// What contradicts itself in it. Ask once all of it was taken.
    var contradictions: ContradictionsFound {
        var script = script
        return script.finish(schema)
    }

    mutating func take(_ parts: [PlainPart]) {
        for part in parts {
            take(part)
            script.take(part)
        }
    }

    private mutating func take(_ part: PlainPart) {
        switch part {
        case .statement(let statement):
            schema.take(statement)
            if let table = statement.table { filled.insert(ExactName(table)) }
            // pg_dump sets it to off otherwise.
            if statement.text.elementsEqual("SET row_security = on;".utf8) { isFilteredByPolicies = true }
        case .event(.role(let name)): roles.insert(name)
        case .event(.extension(let name)): extensions.insert(name)
        case .event(.object(let kind, let schema, let name, _)):
            kinds.insert(kind)
            if kind == "TABLE DATA" { filled.insert(ExactName(schema: schema, name: name)) }
        case .event, .rows, .heldRows, .endOfRows: break
        }
    }
}

extension DumpSchema {
    /// Takes a statement of a script, if it defines something or fills a materialized view.
    mutating func take(_ statement: ScriptStatement) {
        let isOfRows = ["CREATE ", "ALTER T", "REFRESH "].contains { statement.text.starts(with: $0.utf8) }
        guard isOfRows, statement.foreign == nil, statement.isDefinition || statement.text.starts(with: "REFRESH ".utf8)
        else { return }
        take(statement.tokens)
    }
}
