/// Decides whose fault an error of a restore is: by SQLSTATE and by the words of PostgreSQL's own programs, never by an
/// exit code.
///
/// The question behind every rule is: would the same backup restore on a machine that has all it needs? If so, it is
/// the environment's fault. If the error leaves nothing out, it is harmless. What no rule knows is never held against
/// the backup and never passed over: it counts as the environment's.
struct ProblemRules: Sendable {
    /// Something that the machine lacks has failed before, so that what depends on it may be undefined now.
    private var lacksSomething = false

    mutating func judge(_ problem: RawProblem) -> ProblemJudgement {
        let judgement = problem.sqlState.map { judgeServer($0, problem) } ?? judgeProgram(problem.message)
        if case .environment = judgement { lacksSomething = true }
        return judgement
    }

    // MARK: The server's errors (documentation of PostgreSQL, appendix A)

    private func judgeServer(_ state: String, _ problem: RawProblem) -> ProblemJudgement {
        if ["42P01", "42704", "42883", "3F000"].contains(state), problem.dropsSomething {
            return .harmless("the dump drops first what it makes later (pg_dump --clean); there is nothing to drop yet")
        }
        switch state {
        case "23503": return .backup("rows refer to rows that are not in the backup (orphans)")
        case "23505": return .backup("rows that must be unique are in the backup twice")
        case "23502", "23514", "23P01": return .backup("rows in the backup break a constraint of their own table")
        case "22021": return .backup("text in the backup is not valid in its own encoding")
        case "22P04": return .backup("a table's rows are cut or damaged")
        case "42P06", "42P07", "42710", "42723", "42701": return judgeDuplicate(problem)
        case "42704": return judgeUndefinedObject(problem)
        case "42P01", "42883", "42703", "3F000", "42P02":
            return lacksSomething
                ? .environment("it needs something that could not be created before, see the first such error")
                : .backup("it needs something that is not in the backup: a partial or damaged dump")
        case "42830":
            return lacksSomething
                ? .environment("the key that it refers to could not be created, see the first such error")
                : .backup("the key that it refers to could not be created from the rows in the backup")
        case "42601":
            return judgeStrayRows()
        case "42501": return .environment("the role that restores may not do this")
        case "0A000", "58P01":
            return .environment(
                "this PostgreSQL lacks an extension, a library or a feature that the backup needs; install it")
        case "53100": return .environment("the disk is full")
        case "57014": return .environment("the statement was cancelled")
        default: break
        }
        switch state.prefix(2) {
        case "22": return .backup("a value in the backup is damaged")
        case "23": return .backup("rows in the backup break a constraint")
        case "08", "57": return .environment("the server went away or was stopped")
        case "53", "54": return .environment("the server ran out of a resource")
        case "58", "XX": return .environment("the server met an internal or system error; see its log")
        default: return .environment("pgassay has no rule for this error, so it blames nobody; look at it")
        }
    }

    /// psql before 18 takes the rows of a COPY that the server refused for statements, or for commands of its own.
    private func judgeStrayRows() -> ProblemJudgement {
        lacksSomething
            ? .environment("rows of a table that could not be created before were taken for statements")
            : .backup("a statement of the backup is damaged")
    }

    private func judgeDuplicate(_ problem: RawProblem) -> ProblemJudgement {
        if problem.message.hasPrefix(#"schema "public""#) || problem.message.contains(#"extension "plpgsql""#) {
            return .harmless("every new database has it already")
        }
        return .backup("the backup creates the same thing twice")
    }

    private func judgeUndefinedObject(_ problem: RawProblem) -> ProblemJudgement {
        let message = problem.message
        if message.hasPrefix("unrecognized configuration parameter") {
            return problem.statement?.hasPrefix("SET ") == true
                ? .harmless("a setting of the dump's own session that this server does not know; it changes no row")
                : .environment("this server does not know a setting that the backup uses")
        }
        if message.hasPrefix("role ") {
            return .harmless("roles belong to the server and are never in a dump; nothing but ownership depends on it")
        }
        for thing in ["tablespace", "collation", "access method", "language", "foreign-data wrapper", "conversion"]
        where message.hasPrefix(thing) { return .environment("this server lacks a \(thing) that the backup needs") }
        return lacksSomething
            ? .environment("it needs something that could not be created before, see the first such error")
            : .backup("it needs something that is not in the backup: a partial or damaged dump")
    }

    // MARK: The programs' own errors

    /// pg_restore's words for an archive that it cannot read on (15 to 18: pg_backup_archiver.c, _custom.c,
    /// _directory.c, _tar.c, compress_*.c).
    private static let damage = [
        "end of file", "unexpected block", "block ID", "corrupt", "could not uncompress", "could not decompress",
        "does not appear to be a valid", "appears to be a text format", "input file is too short", "no matching",
        "did not find magic string", "sanity check", "entry ID", "unexpected section", "unexpected data offset",
        "could not find header", "could not find block", "could not find entry", "invalid",
        "incomplete tar header", "mismatch", "unrecognized data block", "could not read from input file",
        "could not read input file", "bad dumpId", "large-object",
    ]

    private func judgeProgram(_ message: String) -> ProblemJudgement {
        if message.contains("unsupported version") {
            return .environment(
                "the archive is of a newer version than this pg_restore reads; install a newer PostgreSQL")
        }
        if message.contains("does not support compression") || message.contains("compression is not supported") {
            return .environment("this pg_restore was built without the compression that the backup uses")
        }
        // Files that are missing from a directory dump are found before the restore begins.
        for words in ["No space left", "Permission denied", "No such file", "out of memory", "Cannot allocate memory"]
        where message.contains(words) { return .environment("the machine would not let it: \(words)") }
        if message.hasPrefix("backslash commands are restricted") { return judgeStrayRows() }
        for words in ["connection to server", "server closed the connection", "terminating connection", "fork"]
        where message.contains(words) { return .environment("the scratch server went away") }
        if Self.damage.contains(where: message.contains) {
            return .backup("the archive is cut off or damaged")
        }
        return .environment("pgassay has no rule for this message, so it blames nobody; look at it")
    }
}

extension RawProblem {
    /// The statement takes something away, as pg_dump writes it: `DROP …`, `ALTER … DROP CONSTRAINT …`.
    fileprivate var dropsSomething: Bool {
        statement?.prefixMatch(of: /DROP |ALTER .* DROP (?:CONSTRAINT|DEFAULT)/) != nil
    }

    /// The message for a report. Messages about values quote them, so only their code and place are told.
    var publicMessage: String {
        let line = context?.firstMatch(of: /COPY .*?, line \d+/).map { String($0.0) }
        guard let sqlState else { return message }
        let quotesValues = ["22", "23", "P0"].contains(sqlState.prefix(2)) || message.hasPrefix("invalid input")
        let text = quotesValues ? (Self.conditions[sqlState] ?? "error") : message
        return [text + " (SQLSTATE \(sqlState))", line].compactMap { $0 }.joined(separator: ", ")
    }

    /// Names of the commonest conditions (documentation, appendix A).
    private static let conditions = [
        "23502": "not-null violation", "23503": "foreign key violation", "23505": "unique violation",
        "23514": "check violation", "23P01": "exclusion violation", "22P02": "invalid text representation",
        "22P04": "bad COPY file format", "22021": "character not in repertoire", "22003": "numeric value out of range",
        "22007": "invalid datetime format", "22008": "datetime field overflow", "22001": "string too long",
        "22P05": "untranslatable character", "P0001": "exception raised by the backup's own code",
    ]
}
