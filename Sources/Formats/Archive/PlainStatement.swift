/// What a statement of a plain dump means for its restore.
struct PlainStatement {
    /// What to announce before the statement runs, in order.
    private(set) var events: [PlainScriptEvent] = []
    /// Whether it is about a database as a whole, and must not run.
    private(set) var isAboutDatabase = false
    /// Whether it creates a database.
    private(set) var createsDatabase = false
    /// The database that it drops.
    private(set) var droppedDatabase: String?
    /// What it keeps for a database: its owner, or a setting.
    private(set) var property: GlobalStatement?
    /// Whether it writes planner statistics.
    private(set) var isStatistics = false
    /// The table whose rows follow on the next line.
    private(set) var table: CopiedTable?
    /// The encoding that it switches to.
    private(set) var encoding: TextEncoding?
    /// What it switches `standard_conforming_strings` to.
    private(set) var standardConformingStrings: Bool?
    /// Set if `pg_dump` never writes such a statement.
    private(set) var foreign: ForeignStatement?

    init(_ insert: InsertForm) {
        if !insert.isOfPgDump { foreign = ForeignStatement(.other, "INSERT of anything but constants") }
    }

    init(_ tokens: SQLTokens) {
        foreign = ForeignStatement.first(in: tokens)
        guard let statement = tokens.statements.first, case .word(let verb)? = statement.first else { return }
        let isAlone = tokens.statements.count == 1
        var reader = SQLTokenReader(statement)
        reader.skip()
        isAboutDatabase = isAlone && Self.isAboutDatabase(verb, reader)
        createsDatabase = isAboutDatabase && verb == "create"
        if isAboutDatabase {
            if verb == "drop", reader.accept("database") {
                _ = reader.accept("if", "exists")
                droppedDatabase = reader.name()
            } else if verb == "alter" {
                property = GlobalStatement(tokens.tokens).flatMap { $0 == .ofDatabase ? nil : $0 }
            }
            return
        }
        isStatistics = isAlone && foreign == nil && ForeignStatement.writesStatistics(statement)
        events = RoleNames.named(by: statement).map(PlainScriptEvent.role)
        switch verb {
        case "alter":
            if let key = ForeignKeyDefinition(statement) { events.append(.foreignKey(key)) }
        case "create":
            if reader.accept("extension") {
                _ = reader.accept("if", "not", "exists")
                if let name = reader.name() { events.append(.extension(name)) }
            }
        case "copy": if isAlone { readCopy(reader) }
        case "select":
            if isAlone, let setting = SequenceSetting(statement) { events.append(.sequence(setting)) }
        case "set": readSetting(reader)
        default: break
        }
    }

    /// Settings of a role within a database come with that database (`dumpDatabaseConfig` in `pg_dump.c`), and so does
    /// the mark of a template that is to be dropped.
    private static func isAboutDatabase(_ verb: String, _ reader: SQLTokenReader) -> Bool {
        var reader = reader
        switch verb {
        case "create", "drop": return reader.accept("database")
        case "alter":
            if reader.accept("database") { return true }
            return (reader.accept("role") || reader.accept("user")) && reader.name() != nil
                && reader.accept("in", "database")
        case "comment", "security", "grant", "revoke": return reader.skip(past: "on", "database")
        case "update":
            guard let table = reader.qualifiedName() else { return false }
            return table == ("pg_catalog", "pg_database") && reader.accept("set", "datistemplate")
        default: return false
        }
    }

    /// `COPY table [(columns)] FROM STDIN`; there, PostgreSQL accepts STDOUT with the same meaning.
    private mutating func readCopy(_ reader: SQLTokenReader) {
        var reader = reader
        _ = reader.accept("binary")
        guard let table = reader.qualifiedName(), reader.skip(past: "from"),
            reader.accept("stdin") || reader.accept("stdout")
        else { return }
        self.table = CopiedTable(schema: table.schema, name: table.name)
    }

    private mutating func readSetting(_ reader: SQLTokenReader) {
        var reader = reader
        _ = reader.accept("session") || reader.accept("local")
        guard let name = reader.name() else { return }
        // `SET NAMES 'x'` is another way to write client_encoding.
        guard name == "names" || reader.accept(.symbol(UInt8(ascii: "="))) || reader.accept("to") else { return }
        let value: String
        switch reader.next {
        case .string(let text)?, .word(let text)?, .quoted(let text)?, .number(let text)?: value = text
        default: return
        }
        reader.skip()
        guard reader.isAtEnd else { return }
        switch name {
        case "client_encoding", "names": encoding = TextEncoding(value)
        case "standard_conforming_strings":
            standardConformingStrings = ["on", "true", "yes", "1"].contains(value.lowercased())
        default: break
        }
    }
}
