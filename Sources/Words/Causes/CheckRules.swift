import Findings
import PlanKeys

/// Rules for server errors in reply to the queries of a check, which only read, and to the replay of a plan.
let checkRules: [CauseRule] = [
    CauseRule(
        "ordered-elsewhere", [.checking], met: [.sqlState(["XX002"])],
        when: [.collationDiffers, .messageContains("invariant")], .environment,
        "this machine's library orders text in another version than the one that the index was built with",
        page: "findings.md#collations"),
    CauseRule(
        "stored-data-corrupt", [.checking], met: [.sqlState(["XX001", "XX002"])], .backup,
        "stored values cannot be decoded", page: "causes.md#a-damaged-file"),
    CauseRule(
        "transaction-unknown", [.checking], met: [.sqlState(["58P01", "XX000"])],
        when: [.messageBegins(["could not access status of transaction"])], .backup,
        "a row names a transaction that the backup does not know: the row or pg_xact is damaged",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "stored-value-senseless", [.checking], met: [.sqlState(["XX000"])], when: [.readsStoredValues], .backup,
        "stored values cannot be decoded", page: "causes.md#a-damaged-file"),
    // Division by zero, arguments that are out of bounds, bad patterns, SQL/JSON: all these values can be read, but
    // they do not give what the question asks for.
    CauseRule(
        "question-of-values", [.checking],
        met: [.sqlState(["2201", "22023", "22025", "2202E", "2202G", "2202H", "2203"])], .environment,
        "the query cannot be computed from these values; correct it in the plan",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "stored-value", [.checking], met: [.sqlState(["22"])], .backup, "stored values cannot be decoded",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "question", [.checking],
        met: [
            .sqlState([
                "08P01", "25006", "3F000", "42601", "42702", "42703", "42704", "42725", "42803", "42804", "42809",
                "42883",
                "42P01",
                "42P02",
            ])
        ], .environment, "the question does not fit this database or this server",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "not-populated", [.checking], met: [.sqlState(["55000"])], when: [.messageBegins(["materialized view \""])],
        .environment,
        "it reads a materialized view that is not populated: REFRESH MATERIALIZED VIEW never ran at the source, or failed here",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "question-of-plan", [.checking], met: [.state(.questionOfPlan)], .environment,
        "this cannot be asked of the restored database",
        page: "causes.md#a-question-that-cannot-be-asked"),
    CauseRule(
        "collation-differs", [.checking], met: [.state(.collationDiffers)], .environment,
        "this machine's C library or ICU may order text differently than the source's did",
        page: "findings.md#collations"),
    CauseRule(
        "prepared-transaction", [.checking], met: [.state(.preparedTransaction)], .environment,
        "this transaction is neither committed nor rolled back, so it is not known whether its rows count",
        page: "findings.md#prepared-transactions"),
    CauseRule(
        "too-slow", [.checking], met: [.state(.tooSlow)], .objective,
        "the query took longer than the plan allows: an index may be missing, or this machine is too slow",
        page: "findings.md#queries"),
    CauseRule(
        "replay-failed", [.checking], met: [.state(.replayFailed)], .expectation,
        "the script that erases rows again does not run on what was restored: after a recovery, the rows would stay",
        page: "findings.md#erasure"),
    CauseRule(
        "blame-kept-out", [.checking], met: [.state(.rowsKeptOut)], .environment,
        "this machine could not load some rows, so the backup is not blamed; see the check restore, then drill again",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "own-file-damaged", [.checking], met: [.state(.ownFileDamaged)], .environment,
        "the scratch server lost or damaged a file of its own, and a dump has no files: look at this machine's disk and at the server's log, then drill again",
        page: "causes.md#the-server-went-away"),
    CauseRule(
        "money-differs", [.checking], met: [.state(.moneyDiffers)], .environment,
        "amounts of money are not as in the dump; they may have been read as other amounts, as 12,50 is 1250 where a comma parts thousands: lc_monetary decides, which no dump holds. Drill in a server that has the source's (\(PlanKey.scratchServer))",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "absent-lacked", [.checking], met: [.state(.absent)], when: [.lackedBefore], .environment,
        "this machine lacks something that the restore needed; see the check restore",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "absent", [.checking], met: [.state(.absent)], .backup, "the backup names it and it was not restored",
        page: "causes.md#something-is-missing-in-the-backup"),
    CauseRule(
        "defined-otherwise-lacked", [.checking], met: [.state(.definedOtherwise)], when: [.lackedBefore], .environment,
        "this machine lacks something that the restore needed, which may be why; see the check restore",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "defined-otherwise", [.checking], met: [.state(.definedOtherwise)], .backup,
        "the restored object is not defined as the backup defines it", page: "findings.md#structure"),
    CauseRule(
        "structure-not-read", [.checking], met: [.state(.structureNotRead)], .environment,
        "pg_dump could not read how the restored objects are defined", page: "findings.md#structure"),
]
