import Findings
import PlanKeys

/// Rules for messages of `pg_restore` itself, for how it ends, and for what a restore notices of a dump.
let programRules: [CauseRule] = [
    CauseRule(
        "worker-after-backup", [.restoring], met: [.words(["worker process died unexpectedly"])],
        when: [.lastWas(.backup)], .backup, "a worker of pg_restore gave up because of the error before",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "worker-after-machine", [.restoring], met: [.words(["worker process died unexpectedly"])],
        when: [.lastWas(.environment)], .environment, "a worker of pg_restore gave up because of the error before",
        page: "causes.md#environment"),
    CauseRule(
        "archive-newer", [.restoring], met: [.words(["unsupported version"])], .environment,
        "the archive is of a newer version than this pg_restore reads; install a newer PostgreSQL",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "no-such-compression", [.restoring],
        met: [.words(["does not support compression", "compression is not supported"])], .environment,
        "this pg_restore was built without the compression that the backup uses",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "program-server-gone", [.restoring],
        met: [
            .words([
                "invalid connection", "connection to server", "server closed the connection", "terminating connection",
            ])
        ], .environment, "the scratch server went away", page: "causes.md#the-server-went-away"),
    CauseRule(
        "program-disk", [.restoring], met: [.words(["No space left"])], .environment, "the disk is full",
        page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "program-rights", [.restoring], met: [.words(["Permission denied"])], .environment,
        "the account of the drill may not read it", page: "causes.md#rights"),
    CauseRule(
        "program-memory", [.restoring],
        met: [
            .words(["out of memory", "Cannot allocate memory", "could not fork", "could not create worker process"])
        ],
        .environment,
        "the machine has too little memory", page: "causes.md#disk-memory-and-limits"),
    // Files that are missing from a directory dump are found before the restore begins.
    CauseRule(
        "program-storage", [.restoring],
        met: [
            .words([
                "No such file", "Input/output error", "Stale file handle", "Connection timed out", "Remote I/O error",
            ])
        ], .environment, "the machine cannot read what should be there; look at its storage",
        page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "archive-damaged", [.restoring], met: [.words(damage)], .backup, "the archive is cut off or damaged",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "program-deadline", [.restoring], met: [.state(.programTimedOut)], .environment,
        "it did not end in time; raise \(PlanKey.limitsRestore) if it needs longer", page: "causes.md#time"),
    CauseRule(
        "program-killed", [.restoring], met: [.state(.programKilled)], .environment,
        "something on this machine killed it, perhaps for want of memory", page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "program-silent", [.restoring], met: [.state(.programSilent)], .environment, "it failed and did not say why",
        page: "causes.md#an-error-that-no-row-knows"),
    CauseRule(
        "words-lost", [.restoring], met: [.state(.wordsLost)], .environment,
        "not all errors could be read, so the backup is not blamed",
        page: "causes.md#an-error-that-no-row-knows"),
    CauseRule(
        "locked-out", [.restoring], met: [.state(.lockedOut)], .environment, "the server does not let us in any more",
        page: "causes.md#the-server-went-away"),
    CauseRule(
        "no-such-locale", [.restoring], met: [.state(.localeMissing)], nil,
        "text is sorted by bytes here instead; rows that break a rule about text are not held against the backup",
        page: "causes.md#harmless"),
    CauseRule(
        "psql-command", [.restoring], met: [.state(.scriptHasCommand)], .backup,
        "pg_dump never writes this: somebody or something changed the dump", page: "causes.md#somebody-changed-the-dump"
    ),
    CauseRule(
        "script-cut", [.restoring], met: [.state(.scriptCut)], .backup,
        "it was cut off or damaged, so rows or constraints after that point are missing",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "script-goes-on", [.restoring], met: [.state(.scriptGoesOn)], nil,
        "the dump is whole; what follows is not of pg_dump", page: "causes.md#harmless"),
    CauseRule(
        "statement-too-long", [.restoring], met: [.state(.statementTooLong)], .environment,
        "pgassay does not take a statement this long: dump without --inserts, or as an archive",
        page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "foreign-statement", [.restoring], met: [.state(.statementIsForeign)], nil,
        "pg_dump never writes this: find out who put it there; \(PlanKey.restoreForeignStatements) refuses such dumps",
        page: "causes.md#statements-that-pg_dump-never-writes"),
    CauseRule(
        "refused-statement", [.drilling], met: [.state(.statementRefused)], .backup,
        "the dump holds what the plan refuses", page: "causes.md#statements-that-pg_dump-never-writes"),
    CauseRule(
        "statistics-left-out", [.restoring], met: [.state(.statisticsLeftOut)], nil,
        "they help the planner and hold no row; ANALYZE makes them anew", page: "causes.md#harmless"),
    CauseRule(
        "copy-sends-rows", [.restoring], met: [.state(.copySendsRows)], nil,
        "it brings nothing into the database", page: "causes.md#harmless"),
    CauseRule(
        "rows-not-taken", [.restoring], met: [.state(.rowsNotTaken)], .environment,
        "a trigger or a rule of the dump may have dropped the others", page: "causes.md#an-error-that-no-row-knows"),
    CauseRule(
        "data-alone", [.restoring], met: [.state(.dataAlone)], .backup,
        "it is a dump of data alone (pg_dump --data-only), which cannot be restored without a dump of the schema",
        page: "causes.md#something-is-missing-in-the-backup"),
    CauseRule(
        "parts-alone", [.restoring], met: [.state(.partsAlone)], .backup,
        "it is the last part of a dump alone (pg_dump --section=post-data), which holds no row and cannot be restored without the rest",
        page: "causes.md#something-is-missing-in-the-backup"),
]

/// Parts of pg_restore's messages about an archive that it cannot read any further (15 to 18: pg_backup_archiver.c,
/// _custom.c, _directory.c, _tar.c, compress_*.c).
private let damage = [
    "end of file", "unexpected block", "block ID", "corrupt", "could not uncompress", "could not decompress",
    "does not appear to be a valid", "appears to be a text format", "input file is too short", "no matching",
    "did not find magic string", "sanity check", "entry ID", "unexpected section", "unexpected data offset",
    "could not find header", "could not find block", "could not find entry", "invalid dumpId", "invalid line",
    "invalid large", "invalid compression", "invalid ENCODING", "invalid STDSTRINGS", "invalid SEARCHPATH",
    "incomplete tar header", "mismatch", "unrecognized data block", "could not read from input file",
    "could not read input file", "bad dumpId", "large-object",
]
