import Bytes

/// What contradicts itself in a script, or is no SQL.
struct ScriptContradictions: Sendable {
    private var rows = AnnouncedRows()
    private var definitions = AnnouncedDefinitions()
    private var statements = Contradictions()
    /// Whether the script says in which encoding it is.
    private let saysEncoding: Bool
    private var flaws = DumpFlaws()
    /// The last INSERT statement, up to its values.
    private var lastInsert: [UInt8] = []

    init(saysEncoding: Bool) { self.saysEncoding = saysEncoding }

    mutating func take(_ part: PlainPart) {
        switch part {
        case .statement(let statement): take(statement)
        case .event(.object(let kind, let schema, let name, let owner)):
            let announcement = Announcement(kind: kind, schema: schema, name: name, owner: owner)
            rows.announce(announcement)
            definitions.announce(announcement)
            lastInsert = []
        // `\N` is NULL in the first column of a row, and `\.` ends the rows: they are no commands of psql.
        case .event(.metaCommand(let line, let text)) where text.hasPrefix("\\.") || text.hasPrefix("\\N"):
            rows.takeNonStatement(
                line: line,
                "line \(line) of the dump is a line of rows, and no COPY statement that a server takes is before it")
        // The statement is too long, so it was not read.
        case .event(.tooLong): definitions.take(verb: nil)
        case .event, .rows, .heldRows, .endOfRows: break
        }
    }

    /// Call once, at the end of the script.
    /// - Parameter schema: all that the script says of its tables.
    mutating func finish(_ schema: DumpSchema) -> ContradictionsFound {
        definitions.close()
        let found = statements.found(schema, announced: definitions.tables)
        let flaws = flaws.all + definitions.flaws.all + rows.finish(schema) + found.flaws
        return ContradictionsFound(flaws: flaws, doubts: found.doubts)
    }

    private mutating func take(_ statement: ScriptStatement) {
        rows.takeStatement()
        if statement.text.starts(with: "INSERT INTO ".utf8) {
            definitions.take(verb: "insert")
            return insert(statement)
        }
        let verb = SQLVerb.of(statement.text)
        definitions.take(verb: verb)
        if statement.text.contains(0) || saysEncoding && statement.isOfOneDatabase && !statement.isText {
            flaws.add(
                statement.definedObject ?? "line \(statement.line)",
                "a byte of the statement that ends in line \(statement.line) is not text in \(statement.encoding.name), the encoding of the dump"
            )
        }
        switch verb {
        // What somebody put behind the closing comment is not of the dump.
        case nil where statement.isAfterFooter: break
        case nil:
            rows.takeNonStatement(
                line: statement.line,
                "what ends in line \(statement.line) of the dump is no statement: none begins so, and no server takes it"
            )
        case "insert" where !statement.isAfterFooter && !statement.insertsInto:
            rows.takeNonStatement(
                line: statement.line,
                "the INSERT statement that ends in line \(statement.line) of the dump is none that a server takes")
        case "copy": copy(statement)
        case "create", "alter", "comment": statements.take(statement.tokens)
        default: break
        }
    }

    private mutating func copy(_ statement: ScriptStatement) {
        let target = CopyTarget(parsing: statement.encoding.decode(statement.text))
        rows.takeCopy(statement.table)
        if let target {
            statements.takeRows(target.table, columns: target.columns, by: "its COPY statement")
        } else if statement.copiesFromScript, !statement.hasCopyOptions {
            rows.takeNonStatement(
                line: statement.line,
                "the COPY statement that ends in line \(statement.line) of the dump is none that a server takes")
        }
    }

    private mutating func insert(_ statement: ScriptStatement) {
        // There are many of them, and most begin as the last one.
        if !lastInsert.isEmpty, statement.text.starts(with: lastInsert) { return }
        lastInsert = Array(InsertHead.of(statement.text))
        var reader = SQLTokenReader(SQLTokens(lastInsert, statement.encoding).tokens[...])
        guard reader.accept("insert", "into"), let name = reader.qualifiedName() else { return }
        let table = CopiedTable(schema: name.schema, name: name.name)
        rows.takeInsert(table)
        statements.takeRows(table, columns: reader.names() ?? [], by: "an INSERT statement")
    }
}

extension ScriptStatement {
    /// Whether it is text in its encoding, as far as that can be told.
    fileprivate var isText: Bool { text.withUnsafeBytes { TextCheck(encoding).isText($0) } }

    /// Whether all of its names are of the database. Names of roles have the encoding of the database in which they were made,
    /// and those stand in statements about rights.
    fileprivate var isOfOneDatabase: Bool {
        [
            "CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ", "CREATE UNLOGGED TABLE ", "CREATE VIEW ",
            "CREATE TYPE ",
            "CREATE FUNCTION ", "COPY ", "COMMENT ON COLUMN ", "COMMENT ON TABLE ",
        ]
        .contains { text.starts(with: $0.utf8) } || (text.starts(with: "ALTER TABLE ONLY ".utf8) && !isAboutOwner)
    }

    private var isAboutOwner: Bool { String(decoding: text, as: UTF8.self).contains(" OWNER TO ") }

    /// Whether it is `INSERT INTO`, in whatever letters.
    fileprivate var insertsInto: Bool {
        var reader = SQLTokenReader(SQLTokens(Array(text.prefix(100)), encoding).tokens[...])
        return reader.accept("insert", "into")
    }

    /// Whether options follow `FROM stdin`, which `pg_dump` no longer writes, and people do.
    fileprivate var hasCopyOptions: Bool {
        var reader = SQLTokenReader(tokens.tokens[...])
        guard reader.skip(past: "from") else { return true }
        reader.skip()
        switch reader.next {
        case .open?: return true
        case .word(let word)?:
            return [
                "with", "binary", "oids", "delimiter", "delimiters", "using", "null", "csv", "header", "quote",
                "escape",
                "force", "freeze", "encoding", "where",
            ].contains(word)
        default: return false
        }
    }
}

/// The beginning of an INSERT statement, up to its values.
enum InsertHead {
    static func of(_ statement: [UInt8]) -> ArraySlice<UInt8> {
        var isQuoted = false
        var depth = 0
        for index in statement.indices {
            switch statement[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "(") where !isQuoted: depth += 1
            case UInt8(ascii: ")") where !isQuoted: depth -= 1
            case UInt8(ascii: " ") where !isQuoted && depth == 0:
                let rest = statement[(index + 1)...]
                if ["OVERRIDING", "VALUES", "DEFAULT VALUES"].contains(where: { rest.starts(with: $0.utf8) }) {
                    return statement[...index]
                }
            default: break
            }
        }
        return statement[...]
    }
}

/// The words with which statements of SQL begin, in any release of PostgreSQL.
enum SQLVerb {
    /// - Returns: nil where no statement begins so; empty where psql makes the beginning, or parentheses hide it.
    static func of(_ statement: [UInt8]) -> String? {
        guard let first = statement.first else { return nil }
        if "(:;".utf8.contains(first) { return "" }
        let word = String(
            decoding: statement.prefix(20).prefix(while: ASCII.isWord).map(ASCII.lowercased), as: UTF8.self)
        return all.contains(word) ? word : nil
    }

    private static let all: Set<String> = [
        "abort", "alter", "analyse", "analyze", "begin", "call", "checkpoint", "close", "cluster", "comment", "commit",
        "copy", "create", "deallocate", "declare", "delete", "discard", "do", "drop", "end", "execute", "explain",
        "fetch",
        "grant", "import", "insert", "listen", "load", "lock", "merge", "move", "notify", "prepare", "reassign",
        "refresh",
        "reindex", "release", "repack", "reset", "revoke", "rollback", "savepoint", "security", "select", "set", "show",
        "start", "table", "truncate", "unlisten", "update", "vacuum", "values", "wait", "with",
    ]
}
