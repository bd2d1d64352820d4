import Bytes

/// Follows the dumps of a script that may hold several, one behind the other, as where a job appends (`>>`) to the file of
/// yesterday.
///
/// Some such scripts are healthy: `pg_dump -t a; pg_dump -t b`, or the definitions and then the rows.
struct DumpsInOne: Sendable {
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
    /// The line in which the last dump begins, and 0 for the first.
    private var start = 0
    private var rows = RowsInTwoDumps()
    private var databases: [String] = []
    /// Whether it creates any table.
    private(set) var sawAny = false
    private var createdTwice = DumpFlaws()
    /// The line in which a dump begins that drops what an earlier one has made.
    private var newStart: Int?

    /// Tables that are created twice, or whose rows are there twice.
    var flaws: [DumpFlaw] {
        let created = createdTwice.all
        return created.isEmpty ? rows.flaws.all : created
    }

    /// Why a restore into one database would not give the same result as psql; nil if it would.
    var form: DumpForm? {
        if databases.count > 1 { return .ofDatabases(databases) }
        return newStart.map(DumpForm.startsAnew(line:))
    }

    mutating func take(_ part: PlainPart) {
        rows.take(part, of: database, start)
        switch part {
        case .event(.anotherDump(let line)): start = line
        // pg_dump --create connects to the database that it has announced; all others connect by the command alone.
        case .event(.object(kind: "DATABASE", _, let name, _)):
            // pg_dump announces the database before all that is in it.
            if databases.isEmpty, lines[database]?.isEmpty == false { databases.append("the one before it") }
            if !databases.contains(name) { databases.append(name) }
            connect(to: name)
        case .event(.metaCommand(_, let text)) where Self.connects(text): connect(to: text)
        case .event(.databaseStatement(_, let dropped?)):
            if let made = lines.removeValue(forKey: dropped)?.values.min() { drop(madeInLine: made) }
            rows.forget(dropped)
        case .statement(let statement): take(statement)
        case .event, .rows, .heldRows, .endOfRows: break
        }
    }

    /// Whether it is `\connect`, or `\c` for short, and not a command that begins like it, such as `\copy` and `\conninfo`.
    private static func connects(_ command: String) -> Bool {
        let name = command.utf8.prefix { !ASCII.isSpace($0) }
        return name.elementsEqual("\\c".utf8) || name.elementsEqual("\\connect".utf8)
    }

    private mutating func connect(to database: String) {
        (self.database, searchPath) = (database, [])
    }

    /// Takes note that something is dropped which the script has made.
    private mutating func drop(madeInLine line: Int, by statement: ScriptStatement? = nil) {
        if line < start {
            newStart = start
        } else if let statement, statement.isAfterFooter {
            newStart = statement.line
        }
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
                if let made = lines[database]?.removeValue(forKey: key) { drop(madeInLine: made, by: statement) }
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
            createdTwice.add(
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

/// A form of a dump that may be good, and that no restore into one database takes.
package enum DumpForm: Sendable, Equatable {
    /// `pg_dump --binary-upgrade` wrote it: no server takes it but one that pg_upgrade has started.
    case forUpgrade
    /// Several dumps stand one behind the other, and the one that begins in this line drops what an earlier one has made.
    case startsAnew(line: Int)
    /// Dumps of several databases stand one behind the other.
    case ofDatabases([String])
}
