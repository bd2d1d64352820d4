import Findings
import PlanKeys

/// Rules for server errors that are about the machine, in every phase of a drill.
let serverRules: [CauseRule] = [
    CauseRule(
        "not-allowed", Phase.allCases, met: [.sqlState(["42501"])], .environment,
        "the role that asks may not do this", page: "causes.md#rights"),
    CauseRule(
        "file-missing", [.checking], met: [.sqlState(["58P01"])], when: [.namesDataFile], .backup,
        "a file of the database is missing in the backup", page: "findings.md#files"),
    CauseRule(
        "file-lost", [.restoring, .drilling], met: [.sqlState(["58P01"])], when: [.namesDataFile], .environment,
        "the scratch server misses a file of its own; see its log", page: "causes.md#the-server-went-away"),
    CauseRule(
        "not-installed", Phase.allCases, met: [.sqlState(["0A000", "58P01"])], .environment,
        "this PostgreSQL lacks an extension, a library or a feature that the backup needs; install it",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "disk-full", Phase.allCases, met: [.sqlState(["53100"])], .environment, "the disk is full",
        page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "cancelled", Phase.allCases, met: [.sqlState(["57014"])], .environment, "the statement was cancelled",
        page: "causes.md#time"),
    CauseRule(
        "in-the-way", Phase.allCases, met: [.sqlState(["40", "55P03", "55006"])], .environment,
        "something else was at work in the same database, or a prepared transaction holds a lock in it",
        page: "causes.md#time"),
    CauseRule(
        "server-gone", Phase.allCases, met: [.sqlState(["08", "57"])], .environment,
        "the server went away or was stopped", page: "causes.md#the-server-went-away"),
    CauseRule(
        "resources", Phase.allCases, met: [.sqlState(["53", "54"])], .environment,
        "the server ran out of a resource", page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "own-code", Phase.allCases, met: [.sqlState(["P0"])], .environment,
        "code in the backup (a function or trigger) raised an error, which may be about the rows or about this machine; read the error",
        page: "causes.md#an-error-that-no-row-knows"),
    CauseRule(
        "internal", Phase.allCases, met: [.sqlState(["58", "XX"])], .environment,
        "the server met an internal or system error; see its log", page: "causes.md#the-server-went-away"),
    CauseRule(
        "cannot-connect", Phase.allCases, met: [.state(.cannotConnect)], .environment,
        "no connection to the server can be made", page: "causes.md#the-server-went-away"),
    CauseRule(
        "connection-lost", Phase.allCases, met: [.state(.connectionLost)], .environment,
        "the connection to the server was lost", page: "causes.md#the-server-went-away"),
    CauseRule(
        "statement-deadline", Phase.allCases, met: [.state(.statementTimedOut)], .environment,
        "it took longer than \(PlanKey.limitsStatement) allows", page: "causes.md#time"),
    CauseRule(
        "odd-answer", Phase.allCases, met: [.state(.answerNotUnderstood)], .environment,
        "the server gave an answer that pgassay does not understand", page: "causes.md#an-error-that-no-row-knows"),
]
