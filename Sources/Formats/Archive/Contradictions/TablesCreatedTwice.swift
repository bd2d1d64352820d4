import Bytes

/// Finds tables that a script creates a second time in one database: it is two dumps in one, as where a file was appended to
/// itself.
struct TablesCreatedTwice: Sendable {
    /// A table, and the search path where the statement leaves its schema to it.
    private struct Name: Hashable {
        let table: ExactName
        let searchPath: [UInt8]
    }

    /// By the database: the line in which each table is created.
    private var lines: [String: [Name: Int]] = [:]
    /// What the script was connected to last.
    private var database = ""
    private var searchPath: [UInt8] = []
    /// Whether it creates any table.
    private(set) var sawAny = false
    private(set) var flaws = DumpFlaws()

    mutating func take(_ part: PlainPart) {
        switch part {
        // pg_dump --create connects to the database that it has announced; all others connect by the command alone.
        case .event(.object(kind: "DATABASE", _, let name, _)): connect(to: name)
        case .event(.metaCommand(_, let text)) where text.hasPrefix("\\c"): connect(to: text)
        case .statement(let statement): take(statement)
        case .event, .rows, .heldRows, .endOfRows: break
        }
    }

    private mutating func connect(to database: String) {
        (self.database, searchPath) = (database, [])
    }

    private mutating func take(_ statement: ScriptStatement) {
        // There are many INSERT statements.
        guard let first = statement.text.first, "cCdDsS".utf8.contains(first) else { return }
        let start = statement.text.prefix(8).map(ASCII.lowercased)
        if statement.text.count < 1000, ["set sear", "select p"].contains(where: { start.elementsEqual($0.utf8) }) {
            let tokens = statement.tokens.tokens
            if tokens.contains(.word("search_path")) || tokens.contains(.string("search_path")) {
                searchPath = statement.text
            }
        }
        guard start.starts(with: "create ".utf8) || start.starts(with: "drop tab".utf8) else { return }
        // The columns behind the name are of no matter, and may be many.
        var reader = SQLTokenReader(
            SQLTokens(
                Array(statement.text.prefix(1000)), statement.encoding,
                standardConformingStrings: statement.standardConformingStrings
            ).tokens[...])
        if reader.accept("drop", "table") {
            _ = reader.accept("if", "exists")
            repeat {
                guard let name = reader.qualifiedName() else { return }
                let key = self.name(name)
                lines[database]?[key] = nil
            } while reader.accept(.comma)
            return
        }
        guard reader.accept("create") else { return }
        if !reader.accept("unlogged") { _ = reader.accept("foreign") }
        guard reader.accept("table"), !reader.accept("if", "not", "exists"), let name = reader.qualifiedName() else {
            return
        }
        sawAny = true
        let key = self.name(name)
        if let first = lines[database]?[key] {
            flaws.add(
                key.table.label,
                """
                the script creates this table twice, in the statements that end in lines \(first) and \(statement.line): it is two dumps \
                in one, and a restore fails at the second or has its rows twice
                """)
        }
        lines[database, default: [:]][key] = statement.line
    }

    private func name(_ name: (schema: String?, name: String)) -> Name {
        Name(table: ExactName(schema: name.schema, name: name.name), searchPath: name.schema == nil ? searchPath : [])
    }
}
