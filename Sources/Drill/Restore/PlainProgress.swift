import Archive
import Backup
import Causes
import Findings
import Postgres

/// What is learnt from a plain dump while it is restored.
struct PlainProgress: Sendable {
    /// Errors of the server, in their order; at most ``mostErrors``.
    private(set) var raw: [RawProblem] = []
    /// Problems of the dump as a whole.
    var problems: [RestoreProblem] = []
    private(set) var contents = BackupContents()
    /// Names of objects: those that the dump announces, and those that the server has taken.
    var names = ObjectNames()
    var foreign = ForeignStatements()
    /// Statements about planner statistics that were passed over.
    private var statistics = 0
    private var lineAfterFooter: Int?
    private var errors = 0

    private static let mostErrors = 100_000

    /// What is told and decides nothing.
    var told: [RestoreProblem] {
        var told = foreign.told
        if statistics > 0 { told.append(.statisticsLeftOut(statistics)) }
        if let lineAfterFooter {
            told.append(
                RestoreProblem(
                    subject: "line \(lineAfterFooter) of the dump", message: "text after pg_dump's closing comment",
                    rule: cause(of: .scriptGoesOn, while: .restoring)))
        }
        return told
    }

    // MARK: While it is read

    /// - Returns: the object that is being restored now, if that changed.
    mutating func note(_ event: PlainScriptEvent) -> String? {
        switch event {
        case .object(let kind, let schema, let name, let owner):
            contents.objects.append(ExpectedObject(kind: kind, schema: schema, name: name, owner: owner))
            names.formUnion([schema, name, owner].compactMap { $0 })
            // A part of a table is announced by two names: `plots plots_pkey`.
            names.formUnion(name.split(separator: " ").map(String.init))
            return [kind, [schema, name].compactMap { $0 }.joined(separator: ".")].joined(separator: " ")
        case .foreignKey(let definition): contents.foreignKeys.append(definition)
        case .sequence(let setting): contents.sequences.append(setting)
        case .statistics:
            // Its comment names no object as others do.
            if statistics == 0 {
                contents.objects.append(ExpectedObject(kind: "STATISTICS DATA", schema: nil, name: "", owner: nil))
            }
            statistics += 1
        case .metaCommand(let line, let text):
            problems.append(
                RestoreProblem(
                    subject: "line \(line) of the dump", message: Self.command(text) + " was not run",
                    rule: cause(of: .scriptHasCommand, while: .restoring)))
        case .tooLong(let line):
            problems.append(
                RestoreProblem(
                    subject: "line \(line) of the dump",
                    message: "a statement of more than \(PlainScript.longestStatement >> 20) MiB was not run",
                    rule: cause(of: .statementTooLong, while: .restoring), losesRows: true))
        case .role, .extension, .databaseStatement, .databaseProperty, .anotherDump, .connected, .databaseAnnounced:
            break
        }
        return nil
    }

    /// The name of a psql command. What follows it is left out, and so is a row that was taken for a command.
    private static func command(_ text: String) -> String {
        let word = text.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0 == "!") }
        let known = [
            "!", "copy", "o", "out", "i", "include", "ir", "g", "gx", "gexec", "gset", "w", "write", "e", "edit",
            "connect",
            "c", "cd", "set", "setenv", "getenv", "prompt", "password", "lo_import", "lo_export", "restrict",
            "unrestrict",
            "encoding", "if", "elif", "else", "endif", "watch", "s", "bind", "parse", "close",
        ]
        return known.contains(String(word))
            ? "the psql command \\\(word)" : "text that psql would run as a command"
    }

    // MARK: What the server says

    mutating func succeeded(_ statement: ScriptStatement) {
        // What the server has made is in its catalogue. Values are in other statements.
        guard statement.foreign == nil, statement.isOfObjects else { return }
        names.formUnion(statement.allNames)
    }

    mutating func fail(_ statement: ScriptStatement, _ error: ServerError) {
        var problem = RawProblem(
            entry: .line(statement.line), sqlState: error.sqlState.rawValue, message: error.message)
        problem.context = error.context
        for (key, name) in [
            ("schema", error.schema), ("table", error.table), ("constraint", error.constraint),
        ] { problem.names[key] = name }
        add(problem, of: statement)
    }

    mutating func fail(_ statement: ScriptStatement, sqlState: String, message: String) {
        add(RawProblem(entry: .line(statement.line), sqlState: sqlState, message: message), of: statement)
    }

    private mutating func add(_ problem: RawProblem, of statement: ScriptStatement) {
        errors += 1
        guard errors <= Self.mostErrors else { return }
        var problem = problem
        problem.statement = statement.beginning
        problem.isBehindEnd = statement.isAfterFooter
        problem.table = statement.table
        problem.definedObject = statement.definedObject
        problem.insertedTable = statement.insertedTable
        let ofObject = statement.alteredTable.map { names.contains($0) } ?? false
        problem.statementNames = ofObject ? statement.allNames : statement.names
        raw.append(problem)
    }

    /// A statement to which the server gives an answer that the dump does not ask for.
    mutating func unexpected(_ statement: ScriptStatement, _ what: String) {
        problems.append(
            RestoreProblem(
                subject: "line \(statement.line) of the dump", message: what,
                rule: cause(of: .answerNotUnderstood, while: .restoring), losesRows: true))
    }

    mutating func sendsRows(_ statement: ScriptStatement) {
        problems.append(
            RestoreProblem(
                subject: "line \(statement.line) of the dump",
                message: "a COPY that sends rows to the client; it was ended",
                rule: cause(of: .copySendsRows, while: .restoring)))
    }

    mutating func lostServer() {
        raw.append(RawProblem(message: "connection to server was lost", isFromProgram: true))
    }

    mutating func stopped(at answer: String) {
        problems.append(
            RestoreProblem(
                subject: "the server", message: "it sent \(answer), and the restore ended there",
                rule: cause(of: .answerNotUnderstood, while: .restoring), losesRows: true))
    }

    // MARK: Rows

    /// The server refused the COPY of the last error, and these rows are not there.
    mutating func dropped(_ rows: Int64) {
        guard let last = raw.indices.last, errors <= Self.mostErrors else { return }
        raw[last].rowsLost = rows
    }

    mutating func loaded(_ statement: ScriptStatement, sent: Int64, taken: Int64?) {
        guard let table = statement.table, let taken, taken < sent, statement.foreign == nil else { return }
        problems.append(
            RestoreProblem(
                subject: "TABLE DATA \(table.label)", message: "\(counted(taken, "row")) taken of \(sent)",
                rule: cause(of: .rowsNotTaken, while: .restoring), losesRows: true))
    }

    // MARK: The end

    mutating func end(_ summary: PlainScriptSummary) {
        lineAfterFooter = summary.lineAfterFooter
        if errors > Self.mostErrors {
            problems.append(
                RestoreProblem(
                    subject: "the restore", message: "\(errors - Self.mostErrors) more errors",
                    rule: cause(of: .wordsLost, while: .restoring), losesRows: true))
        }
        guard !summary.sawFooter else { return }
        if let construct = summary.endedInside {
            damage("the dump ends in the middle of \(construct)")
        } else {
            damage("the dump does not end with pg_dump's closing comment (-- PostgreSQL database dump complete)")
        }
    }

    /// Records that the dump could not be read to its end. If that is not the dump's own fault, for example because
    /// storage went away, the error says so.
    mutating func end(_ what: String, _ error: ArchiveError) {
        if error.isBackupAtFault {
            damage(what)
        } else {
            problems.append(RestoreProblem(subject: "the dump", message: what, rule: cause(of: error.state)))
        }
    }

    private mutating func damage(_ what: String) {
        problems.append(
            RestoreProblem(subject: "the dump", message: what, rule: cause(of: .scriptCut, while: .restoring)))
    }

    // MARK: Words

    /// What a problem is about: names that the server gave are told only if they are known to be names, because code of
    /// the dump may give any.
    func subject(of problem: RawProblem) -> String {
        let known = names.union(problem.statementNames)
        let given = problem.names.filter { known.contains($0.value) }
        let table = [given["schema"], given["table"]].compactMap { $0 }.joined(separator: ".")
        if let constraint = given["constraint"], !table.isEmpty { return "CONSTRAINT \(table) \(constraint)" }
        if given["table"] != nil { return "TABLE \(table)" }
        if let table = problem.table, known.contains(table.name) {
            return "TABLE DATA \(problem.isOfCopy ? table.name : table.label)"
        }
        if let object = problem.definedObject { return object }
        if case .line(let line) = problem.entry { return "the statement that ends in line \(line) of the dump" }
        return "the dump"
    }
}
