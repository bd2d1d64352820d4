/// Decides whose fault an error of a restore is: by SQLSTATE and by the words of PostgreSQL's own programs, never by an
/// exit code.
///
/// The question behind every rule is: would the same backup restore on a machine that has all it needs? If so, it is
/// the environment's fault. If the error leaves nothing out, it is harmless. What no rule knows is never held against
/// the backup and never passed over: it counts as the environment's.
struct ProblemRules: Sendable {
    /// The server that was dumped is of an older major version than the one restored into.
    private let isNewerThanSource: Bool
    /// Text is, or may be, sorted differently here than at the source.
    private let sortsDifferently: Bool
    /// Roles that were made for the restore.
    private let rolesMade: Set<String>
    /// Something that the machine lacks has failed before, so that what depends on it may be undefined now.
    private var lacksSomething = false
    /// The machine has kept rows out before, so that what others need of them may be missing now.
    private var lacksRows = false
    /// What the problem before was judged to be, harmless ones left out.
    private var last: ProblemJudgement?

    init(isNewerThanSource: Bool = false, sortsDifferently: Bool = false, rolesMade: Set<String> = []) {
        self.isNewerThanSource = isNewerThanSource
        self.sortsDifferently = sortsDifferently
        self.rolesMade = rolesMade
    }

    mutating func judge(_ problem: RawProblem) -> ProblemJudgement {
        var judgement = problem.sqlState.map { judgeServer($0, problem) } ?? judgeProgram(problem.message)
        if lacksRows, judgement.cause == .backup, problem.sqlState != nil, !problem.isOfCopy {
            judgement = .environment("rows that it needs could not be loaded before, see the first such error")
        }
        if case .environment = judgement {
            lacksSomething = true
            lacksRows = lacksRows || problem.mayKeepRowsOut
        }
        if judgement.cause != nil { last = judgement }
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
        case "23514" where sortsDifferently && problem.message.containsBytes("partition"):
            return .environment(
                "text is sorted differently here than at the source, so a row may not fit its partition")
        case "23502", "23514", "23P01": return .backup("rows in the backup break a constraint of their own table")
        case "22021": return .backup("text in the backup is not valid in its own encoding")
        case "22P04": return .backup("a table's rows are cut or damaged")
        case "42P06", "42P07", "42710", "42723", "42701": return judgeDuplicate(problem)
        case "42704": return judgeUndefinedObject(problem)
        case "42883", "42703", "42P02": return judgeUndefined(mayBeOfOldServer: true)
        case "42P01", "3F000": return judgeUndefined(mayBeOfOldServer: false)
        case "42830":
            return lacksSomething
                ? .environment("the key that it refers to could not be created, see the first such error")
                : .backup("the key that it refers to could not be created from the rows in the backup")
        case "42601": return judgeStrayRows()
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
        if lacksSomething {
            return .environment("rows of a table that could not be created before were taken for statements")
        }
        return isNewerThanSource ? Self.oldServer : .backup("a statement of the backup is damaged")
    }

    /// - Parameter mayBeOfOldServer: it may be something of the server's own, which a newer one has no more.
    private func judgeUndefined(mayBeOfOldServer: Bool) -> ProblemJudgement {
        if lacksSomething {
            return .environment("it needs something that could not be created before, see the first such error")
        }
        if mayBeOfOldServer && isNewerThanSource { return Self.oldServer }
        return .backup("it needs something that is not in the backup: a partial or damaged dump")
    }

    private static let oldServer = ProblemJudgement.environment(
        "this server is newer than the one that was dumped and may know it no more; install that version of PostgreSQL")

    private func judgeDuplicate(_ problem: RawProblem) -> ProblemJudgement {
        let message = problem.message
        if message.after(#"schema "public""#) != nil || message.containsBytes(#"extension "plpgsql""#) {
            return .harmless("every new database has it already")
        }
        if let role = message.after("role \"")?.parted(by: "\" already exists"), rolesMade.contains(role.before) {
            return .harmless("the role was made for this drill before the dump's own statement")
        }
        return .backup("the backup creates the same thing twice")
    }

    private func judgeUndefinedObject(_ problem: RawProblem) -> ProblemJudgement {
        let message = problem.message
        if message.after("unrecognized configuration parameter") != nil {
            return problem.statement?.after("SET ") != nil
                ? .harmless("a setting of the dump's own session that this server does not know; it changes no row")
                : .environment("this server does not know a setting that the backup uses")
        }
        if message.after("role ") != nil {
            return .harmless("roles belong to the server and are never in a dump; nothing but ownership depends on it")
        }
        for thing in ["tablespace", "collation", "access method", "language", "foreign-data wrapper", "conversion"]
        where message.after(thing) != nil { return .environment("this server lacks a \(thing) that the backup needs") }
        return judgeUndefined(mayBeOfOldServer: true)
    }

    // MARK: The programs' own errors

    /// pg_restore's words for an archive that it cannot read on (15 to 18: pg_backup_archiver.c, _custom.c,
    /// _directory.c, _tar.c, compress_*.c).
    private static let damage = [
        "end of file", "unexpected block", "block ID", "corrupt", "could not uncompress", "could not decompress",
        "does not appear to be a valid", "appears to be a text format", "input file is too short", "no matching",
        "did not find magic string", "sanity check", "entry ID", "unexpected section", "unexpected data offset",
        "could not find header", "could not find block", "could not find entry", "invalid dumpId", "invalid line",
        "invalid large", "invalid compression", "invalid ENCODING", "invalid STDSTRINGS", "invalid SEARCHPATH",
        "incomplete tar header", "mismatch", "unrecognized data block", "could not read from input file",
        "could not read input file", "bad dumpId", "large-object",
    ]

    private func judgeProgram(_ message: String) -> ProblemJudgement {
        if message.containsBytes("worker process died unexpectedly"), let last {
            return last.cause == .backup
                ? .backup("a worker of pg_restore gave up because of the error before")
                : .environment("a worker of pg_restore gave up because of the error before")
        }
        if message.containsBytes("unsupported version") {
            return .environment(
                "the archive is of a newer version than this pg_restore reads; install a newer PostgreSQL")
        }
        if message.containsBytes("does not support compression")
            || message.containsBytes("compression is not supported")
        {
            return .environment("this pg_restore was built without the compression that the backup uses")
        }
        // Files that are missing from a directory dump are found before the restore begins.
        for words in [
            "No space left", "Permission denied", "No such file", "out of memory", "Cannot allocate memory",
            "Input/output error", "Stale file handle", "Connection timed out", "Remote I/O error", "invalid connection",
        ] where message.containsBytes(words) { return .environment("the machine would not let it: \(words)") }
        if message.after("backslash commands are restricted") != nil { return judgeStrayRows() }
        for words in ["connection to server", "server closed the connection", "terminating connection", "fork"]
        where message.containsBytes(words) { return .environment("the scratch server went away") }
        if Self.damage.contains(where: message.containsBytes) {
            return .backup("the archive is cut off or damaged")
        }
        return .environment("pgassay has no rule for this message, so it blames nobody; look at it")
    }
}
