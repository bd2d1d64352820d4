import Findings

/// What the server says to the questions of a check, which read and never write.
let checkRules: [CauseRule] = [
    CauseRule(
        "stored-data-corrupt", [.checking], met: [.sqlState(["XX001", "XX002"])], .backup,
        "stored values cannot be decoded", page: "causes.md#a-damaged-file"),
    // Division by zero, arguments that are out of bounds, bad patterns, SQL/JSON: the question asks for what these
    // values, which can all be read, do not give.
    CauseRule(
        "question-of-values", [.checking],
        met: [
            .sqlState([
                "22012", "22013", "22014", "22016", "2201B", "2201E", "2201F", "2201G", "2201W", "2201X", "22019",
                "22023",
                "22025", "2202E", "2202G", "2202H", "2200H", "22030", "22031", "22032", "22033", "22034", "22035",
                "22036",
                "22037", "22038", "22039", "2203A", "2203B", "2203C", "2203D", "2203E", "2203F", "2203G",
            ])
        ], .environment, "the question asks of these values what they cannot answer; correct it in the plan",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "stored-value", [.checking], met: [.sqlState(["22"])], .backup, "stored values cannot be decoded",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "question", [.checking],
        met: [
            .sqlState([
                "42601", "42P01", "42P02", "42703", "42704", "42883", "3F000", "42702", "42725", "42803", "42804",
                "42809",
                "25006",
            ])
        ], .environment, "the question does not fit this database or this server",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "absent-lacked", [.checking], met: [.state(.absent)], when: [.lackedBefore], .environment,
        "this machine lacks something that the restore needed; see the check restore",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "absent", [.checking], met: [.state(.absent)], .backup, "the backup names it and it was not restored",
        page: "causes.md#something-is-missing-in-the-backup"),
]

/// What the server says of the machine, whoever asks.
let sharedRules: [CauseRule] = [
    CauseRule(
        "not-allowed", [.restoring, .checking], met: [.sqlState(["42501"])], .environment,
        "the role that asks may not do this", page: "causes.md#rights"),
    CauseRule(
        "not-installed", [.restoring, .checking], met: [.sqlState(["0A000", "58P01"])], .environment,
        "this PostgreSQL lacks an extension, a library or a feature that the backup needs; install it",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "disk-full", [.restoring, .checking], met: [.sqlState(["53100"])], .environment, "the disk is full",
        page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "cancelled", [.restoring, .checking], met: [.sqlState(["57014"])], .environment, "the statement was cancelled",
        page: "causes.md#time"),
    CauseRule(
        "in-the-way", [.restoring, .checking], met: [.sqlState(["40", "55P03", "55006"])], .environment,
        "something else was at work in the same database", page: "causes.md#time"),
    CauseRule(
        "server-gone", [.restoring, .checking, .drilling], met: [.sqlState(["08", "57"])], .environment,
        "the server went away or was stopped", page: "causes.md#the-server-went-away"),
    CauseRule(
        "resources", [.restoring, .checking], met: [.sqlState(["53", "54"])], .environment,
        "the server ran out of a resource", page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "own-code", [.restoring, .checking], met: [.sqlState(["P0"])], .environment,
        "code of the backup's own raised an error, which may be about the rows or about this machine; look at it",
        page: "causes.md#an-error-that-no-row-knows"),
    CauseRule(
        "internal", [.restoring, .checking], met: [.sqlState(["58", "XX"])], .environment,
        "the server met an internal or system error; see its log", page: "causes.md#the-server-went-away"),
    CauseRule(
        "cannot-connect", [.restoring, .checking, .drilling], met: [.state(.cannotConnect)], .environment,
        "no connection to the server can be made", page: "causes.md#the-server-went-away"),
    CauseRule(
        "connection-lost", [.restoring, .checking, .drilling], met: [.state(.connectionLost)], .environment,
        "the connection to the server was lost", page: "causes.md#the-server-went-away"),
    CauseRule(
        "statement-deadline", [.restoring, .checking, .drilling], met: [.state(.statementTimedOut)], .environment,
        "it took longer than limits.statement allows", page: "causes.md#time"),
    CauseRule(
        "odd-answer", [.restoring, .checking, .drilling], met: [.state(.answerNotUnderstood)], .environment,
        "the server gave an answer that pgassay does not understand", page: "causes.md#an-error-that-no-row-knows"),
]
