/// What a statement of a plain dump means for its restore.
struct PlainStatement {
    /// What to announce before the statement runs, in order.
    private(set) var events: [PlainScriptEvent] = []
    /// Whether it is about a database as a whole, and must not run.
    private(set) var isAboutDatabase = false
    /// Whether it creates a database.
    private(set) var createsDatabase = false
    /// Whether rows follow on the next line.
    private(set) var copiesFromScript = false
    /// The encoding that it switches to.
    private(set) var encoding: TextEncoding?
    /// What it switches `standard_conforming_strings` to.
    private(set) var standardConformingStrings: Bool?

    /// The first words of the statements that are examined.
    private static let verbs = [
        Keyword("alter"), Keyword("comment"), Keyword("copy"), Keyword("create"), Keyword("drop"), Keyword("grant"),
        Keyword("revoke"), Keyword("security"), Keyword("set"),
    ]

    /// Whether a statement is held back until it is complete, to be examined. Above all, INSERT statements are not.
    static func needsExamination(_ verb: Keyword) -> Bool {
        verbs.contains(verb)
    }

    init(_ tokens: SQLTokens) {
        guard let statement = tokens.statements.first, case .word(let verb)? = statement.first else { return }
        var reader = SQLTokenReader(statement)
        reader.skip()
        isAboutDatabase = Self.isAboutDatabase(verb, reader)
        createsDatabase = isAboutDatabase && verb == "create"
        if isAboutDatabase { return }
        events = RoleNames.named(by: statement).map(PlainScriptEvent.role)
        switch verb {
        case "alter":
            if let key = ForeignKeyDefinition(statement) { events.append(.foreignKey(key)) }
        case "create":
            if reader.accept("extension") {
                _ = reader.accept("if", "not", "exists")
                if let name = reader.name() { events.append(.extension(name)) }
            }
        case "copy": readCopy(reader)
        case "set": readSetting(reader)
        default: break
        }
    }

    private static func isAboutDatabase(_ verb: String, _ reader: SQLTokenReader) -> Bool {
        var reader = reader
        switch verb {
        case "create", "drop", "alter": return reader.accept("database")
        case "comment", "security", "grant", "revoke": return reader.skip(past: "on", "database")
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
        copiesFromScript = true
        events.append(.copy(schema: table.schema, table: table.name))
    }

    private mutating func readSetting(_ reader: SQLTokenReader) {
        var reader = reader
        _ = reader.accept("session") || reader.accept("local")
        guard let name = reader.name(), reader.accept(.symbol(UInt8(ascii: "="))) || reader.accept("to") else { return }
        let value: String
        switch reader.next {
        case .string(let text)?, .word(let text)?, .quoted(let text)?, .number(let text)?: value = text
        default: return
        }
        reader.skip()
        guard reader.isAtEnd else { return }
        switch name {
        case "client_encoding": encoding = TextEncoding(value)
        case "standard_conforming_strings":
            standardConformingStrings = ["on", "true", "yes", "1"].contains(value.lowercased())
        default: break
        }
    }
}
