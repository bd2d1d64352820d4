/// A statement that `pg_dump` never writes, in any version and with any option: a person, or a program, put it into the
/// dump.
///
/// What `pg_dump` writes is known from its source (`pg_dump.c`, `dumputils.c`, `pg_backup_archiver.c`, 9.0 to 18); all
/// else is foreign. The body of a function is a string, or follows `BEGIN ATOMIC`, and is not looked into: it came from
/// the source.
package struct ForeignStatement: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case program, serverFile, settings, library, code, other

        /// What such a statement is, in plain words.
        package var words: String {
            switch self {
            case .program: "the dump runs programs of its own"
            case .serverFile: "the dump reads or writes files of the server of its own"
            case .settings: "the dump changes settings of the server"
            case .library: "the dump loads a library of its own"
            case .code: "the dump runs code of its own"
            case .other: "the dump has a statement of its own"
            }
        }
    }

    package let kind: Kind
    /// The statement by its keywords: `COPY … FROM PROGRAM`. Never a name or a value.
    package let words: String

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }

    /// The first foreign statement of one text. A text holds more than one where the server would take them together.
    static func first(in tokens: SQLTokens) -> ForeignStatement? {
        if tokens.tokens.count >= SQLLexer.mostTokens {
            return ForeignStatement(.other, "a statement of a million words")
        }
        let statements = tokens.statements
        // What is between BEGIN ATOMIC and END is the body of a function.
        if let first = statements.first, statements.count > 1, first.hasAtomicBody { return of(first) }
        return statements.lazy.compactMap(of).first
    }

    /// - Returns: nil for a statement that `pg_dump` writes.
    private static func of(_ statement: ArraySlice<SQLToken>) -> ForeignStatement? {
        guard case .word(let verb)? = statement.first else { return ForeignStatement(.other, "no statement of SQL") }
        var reader = SQLTokenReader(statement)
        reader.skip()
        switch verb {
        case "set", "reset", "begin", "commit", "start", "comment", "security", "revoke": return nil
        case "copy": return copy(reader)
        case "select": return select(statement)
        case "create": return create(reader)
        case "alter": return alter(reader)
        case "drop": return drop(reader)
        case "grant":
            return reader.skip(past: "on") ? nil : ForeignStatement(.other, "GRANT of a role")
        case "refresh": return reader.accept("materialized", "view") ? nil : other(verb)
        case "update":
            // Only to drop a template database, which is left out.
            return other(verb, statement)
        case "do", "call", "execute", "prepare": return ForeignStatement(.code, verb.uppercased())
        case "load": return ForeignStatement(.library, "LOAD")
        default: return other(verb, statement)
        }
    }

    /// Verbs that are told. Any other first word may be a part of a row.
    private static let verbs: Set<String> = [
        "abort", "analyze", "checkpoint", "close", "cluster", "declare", "delete", "discard", "end", "explain", "fetch",
        "import", "insert", "listen", "lock", "merge", "move", "notify", "reassign", "refresh", "reindex", "release",
        "rollback", "savepoint", "table", "truncate", "unlisten", "update", "vacuum", "values", "with",
    ]

    private static func other(_ verb: String, _ statement: ArraySlice<SQLToken> = []) -> ForeignStatement {
        if let call = fileCall(in: statement) { return call }
        return ForeignStatement(.other, verbs.contains(verb) ? verb.uppercased() : "no statement of SQL")
    }

    // MARK: COPY

    /// `pg_dump` writes `COPY table [(columns)] [WITH OIDS] FROM stdin`.
    private static func copy(_ reader: SQLTokenReader) -> ForeignStatement? {
        var from = reader
        if from.qualifiedName() != nil, from.skip(past: "from") {
            if from.accept("stdin") { return nil }
            if from.accept("program") { return ForeignStatement(.program, "COPY … FROM PROGRAM") }
            if case .string? = from.next { return ForeignStatement(.serverFile, "COPY … FROM a file") }
        }
        var to = reader
        if to.skip(past: "to") {
            if to.accept("program") { return ForeignStatement(.program, "COPY … TO PROGRAM") }
            if case .string? = to.next { return ForeignStatement(.serverFile, "COPY … TO a file") }
        }
        return ForeignStatement(.other, "COPY")
    }

    // MARK: SELECT

    /// Functions that `pg_dump` calls in a script.
    private static let called: Set<String> = [
        "set_config", "setval", "pg_get_serial_sequence", "lo_create", "lo_open", "lowrite", "lo_close", "lo_unlink",
    ]
    /// Those of version 18 and later that write planner statistics.
    private static let statistics: Set<String> = [
        "pg_restore_relation_stats", "pg_restore_attribute_stats", "pg_restore_extended_stats",
    ]
    /// Functions that reach files or programs of the server.
    private static let ofFiles: Set<String> = [
        "pg_read_file", "pg_read_binary_file", "pg_read_file_old", "pg_ls_dir", "pg_ls_logdir", "pg_ls_waldir",
        "pg_ls_tmpdir", "pg_ls_archive_statusdir", "pg_stat_file", "pg_file_write", "pg_file_read", "pg_file_rename",
        "pg_file_unlink", "pg_file_sync", "lo_import", "lo_export",
    ]

    static func writesStatistics(_ statement: ArraySlice<SQLToken>) -> Bool {
        calls(in: statement).contains { statistics.contains($0.name) }
    }

    /// `pg_dump` calls functions of its own list, on constants.
    private static func select(_ statement: ArraySlice<SQLToken>) -> ForeignStatement? {
        if let call = fileCall(in: statement) { return call }
        let calls = calls(in: statement)
        let isOfPgDump =
            !calls.isEmpty
            && calls.allSatisfy { call in
                call.schema == "pg_catalog" && (called.contains(call.name) || statistics.contains(call.name))
            }
        let isAlone = statement.count { $0 == .word("select") } == 1
        guard isOfPgDump, isAlone, readsNoTable(statement), setsOnlyPath(statement) else {
            return ForeignStatement(.other, "SELECT")
        }
        return nil
    }

    /// Apart from the calls: `FROM pg_catalog.pg_largeobject_metadata`, and `* FROM` in front of a call.
    private static func readsNoTable(_ statement: ArraySlice<SQLToken>) -> Bool {
        var reader = SQLTokenReader(statement)
        while reader.skip(past: "from") {
            guard let name = reader.qualifiedName(), name.schema == "pg_catalog" else { return false }
            guard name.name == "pg_largeobject_metadata" || reader.next == .open else { return false }
        }
        return true
    }

    /// `set_config` is written for the search path only.
    private static func setsOnlyPath(_ statement: ArraySlice<SQLToken>) -> Bool {
        for (index, token) in zip(statement.indices, statement)
        where token == .word("set_config") || token == .quoted("set_config") {
            guard statement.dropFirst(index - statement.startIndex + 1).starts(with: [.open, .string("search_path")])
            else { return false }
        }
        return true
    }

    /// The functions that are called: names before an opening parenthesis.
    private static func calls(in statement: ArraySlice<SQLToken>) -> [(schema: String?, name: String)] {
        var found: [(schema: String?, name: String)] = []
        var before: [SQLToken?] = [nil, nil, nil]
        for token in statement {
            if token == .open, let name = before[2]?.name, !clauses.contains(name) {
                found.append((before[1] == .period ? before[0]?.name : nil, name))
            }
            before = [before[1], before[2], token]
        }
        return found
    }

    /// Words that may be in front of a parenthesis and are no function.
    private static let clauses: Set<String> = ["select", "from", "where", "and", "or", "not", "in", "as"]

    private static func fileCall(in statement: ArraySlice<SQLToken>) -> ForeignStatement? {
        guard let call = calls(in: statement).first(where: { ofFiles.contains($0.name) }) else { return nil }
        return ForeignStatement(.serverFile, "a call of \(call.name)")
    }

    // MARK: CREATE, ALTER, DROP

    private static func create(_ reader: SQLTokenReader) -> ForeignStatement? {
        var reader = reader
        for word in ["role", "user", "group", "tablespace"] where reader.accept(word) {
            // A user mapping belongs to a foreign server.
            if word == "user", reader.accept("mapping") { return nil }
            return ForeignStatement(.other, "CREATE \(word.uppercased())")
        }
        for word in ["temp", "temporary", "local", "global"] where reader.accept(word) {
            return ForeignStatement(.other, "CREATE TEMPORARY …")
        }
        if reader.accept("subscription") {
            return reader.skip(past: "with") && reader.accept(.open) && reader.accept("connect")
                && reader.accept(.symbol(UInt8(ascii: "="))) && reader.accept("false")
                ? nil : ForeignStatement(.other, "CREATE SUBSCRIPTION that connects")
        }
        _ = reader.accept("unlogged")
        if reader.accept("table"), reader.skip(past: "as") {
            return ForeignStatement(.other, "CREATE TABLE … AS")
        }
        return nil
    }

    private static func alter(_ reader: SQLTokenReader) -> ForeignStatement? {
        var reader = reader
        if reader.accept("system") { return ForeignStatement(.settings, "ALTER SYSTEM") }
        for word in ["role", "user", "group", "tablespace", "extension"] where reader.accept(word) {
            return ForeignStatement(.other, "ALTER \(word.uppercased())")
        }
        return nil
    }

    private static func drop(_ reader: SQLTokenReader) -> ForeignStatement? {
        var reader = reader
        for word in ["owned", "role", "user", "group", "tablespace"] where reader.accept(word) {
            if word == "user", reader.accept("mapping") { return nil }
            return ForeignStatement(.other, "DROP \(word.uppercased())")
        }
        return nil
    }
}

extension ArraySlice<SQLToken> {
    fileprivate var hasAtomicBody: Bool {
        first == .word("create") && zip(self, dropFirst()).contains { $0 == .word("begin") && $1 == .word("atomic") }
    }
}

extension SQLToken {
    fileprivate var name: String? {
        switch self {
        case .word(let name), .quoted(let name): name
        case .string, .number, .symbol: nil
        }
    }
}
