import Findings
import PlanKeys

/// Rules for problems that end a drill, or that decide the verdict of the drill as a whole.
let drillRules: [CauseRule] = [
    CauseRule(
        "not-fetched", [.drilling], met: [.state(.notFetched)], .environment,
        "the backup could not be fetched, so nothing is known about it", page: "findings.md#fetch"),
    CauseRule(
        "not-opened", [.drilling], met: [.state(.notOpened)], .environment,
        "the backup is encrypted, and the key or passphrase in the plan does not open it", page: "findings.md#fetch"),
    CauseRule(
        "repository-damaged", [.drilling], met: [.state(.repositoryDamaged)], .backup,
        "files of the repository are missing or changed: use another backup", page: "findings.md#fetch"),
    CauseRule(
        "snapshot-not-restored", [.drilling], met: [.state(.snapshotNotRestored)], .environment,
        "the snapshot was not restored, or no connection was possible, so nothing is known about it",
        page: "findings.md#snapshot"),
    CauseRule(
        "other-server", [.drilling], met: [.state(.otherServer)], .environment,
        "another server answered, so nothing is known about the snapshot", page: "findings.md#snapshot"),
    CauseRule(
        "backup-missing", [.drilling], met: [.state(.archiveMissing)], .environment,
        "nothing is there; its storage may not be mounted", page: "findings.md#drill"),
    CauseRule(
        "backup-unreadable", [.drilling], met: [.state(.archiveUnreadable)], .environment,
        "the backup cannot be read; the account of the drill needs to read all of it", page: "causes.md#rights"),
    CauseRule(
        "backup-of-unknown-version", [.drilling], met: [.state(.archiveOfUnknownVersion)], .environment,
        "this program does not read archives of that version; use a newer release of it",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "backup-needs-memory", [.drilling], met: [.state(.archiveNeedsMemory)], .environment,
        "the machine has too little memory to decompress the backup", page: "causes.md#disk-memory-and-limits"),
    CauseRule(
        "backup-not-readable-as-one", [.drilling],
        met: [
            .state(.archiveEmpty), .state(.archiveWithoutContents), .state(.archiveOfAnotherKind), .state(.archiveCut),
            .state(.archiveMalformed), .state(.archiveUndecodable),
        ], .backup, "it cannot be read as a backup: use another one", page: "findings.md#archive"),
    CauseRule(
        "backup-incomplete", [.drilling], met: [.state(.archiveIncomplete)], .backup,
        "the backup is cut off, damaged or incomplete: use another one", page: "findings.md#archive"),
    CauseRule(
        "backup-has-links", [.drilling], met: [.state(.archiveHasLinks)], .backup,
        "pg_dump writes none: copy the dump with the files themselves", page: "findings.md#archive"),
    CauseRule(
        "plan-says-too-little", [.drilling], met: [.state(.planSaysTooLittle)], .environment,
        "the plan must say more about this backup", page: "findings.md#drill"),
    CauseRule(
        "moment-unknown", [.drilling], met: [.state(.momentUnknown)], .environment,
        """
        a copy that cp, rsync or tar made while the server ran looks the same, and may lack rows although a server starts on it: if it \
        is a snapshot of a file system or a disk, or if no server ran meanwhile, say so with \(PlanKey.recoverySnapshot) of the plan or \
        --snapshot; if not, take a base backup (pg_basebackup)
        """, page: "findings.md#archive"),
    CauseRule(
        "backup-changed", [.drilling], met: [.state(.archiveChanged)], .environment,
        "something wrote to the backup while it was drilled; drill it again when that has ended",
        page: "findings.md#restore"),
    CauseRule(
        "target-not-reached", [.drilling], met: [.state(.targetNotReached)], .expectation,
        "the log ends before the target: what was committed after that cannot be recovered from here",
        page: "findings.md#recovery"),
    CauseRule(
        "target-too-early", [.drilling], met: [.state(.targetTooEarly)], .environment,
        "no backup can be recovered to a time before its own end: choose an older backup, or a later target",
        page: "findings.md#recovery"),
    CauseRule(
        "log-missing", [.drilling], met: [.state(.logMissing)], .backup,
        "the backup is not consistent without log that is not there", page: "findings.md#recovery"),
    CauseRule(
        "no-postgres", [.drilling], met: [.state(.noPostgres)], .environment,
        "a PostgreSQL that can restore this, or its client library, is missing here",
        page: "findings.md#drill"),
    CauseRule(
        "no-place", [.drilling], met: [.state(.noPlace)], .environment,
        "the scratch server has no account or no directory",
        page: "findings.md#drill"),
    CauseRule(
        "disk-too-small", [.drilling], met: [.state(.diskTooSmall)], .environment,
        "the restore needs more disk than is free",
        page: "findings.md#drill"),
    CauseRule(
        "server-not-made", [.drilling], met: [.state(.childFailed)], .environment,
        "the scratch server could not be made or started",
        page: "findings.md#drill"),
    CauseRule(
        "fenced-off", [.drilling], met: [.state(.fencedOff)], .environment,
        "the plan fences that server off as production",
        page: "findings.md#drill"),
    CauseRule(
        "left-behind", [.drilling], met: [.state(.leftBehind)], .environment,
        "the drill left something behind: remove it with pgassay clean", page: "findings.md#drill"),
    CauseRule(
        "other-error", [.drilling], met: [.state(.otherError)], .environment, "the drill could not be run to its end",
        page: "findings.md#drill"),
    CauseRule(
        "objective-missed", [.drilling], met: [.state(.objectiveMissed)], .objective, "the objective was missed",
        page: "findings.md#objectives"),
    CauseRule(
        "objective-not-measured", [.drilling], met: [.state(.objectiveNotMeasured)], .environment,
        "the objective could not be measured", page: "findings.md#objectives"),
    CauseRule(
        "stopped", [.drilling], met: [.state(.stopped)], .interrupted, "someone or something stopped the drill",
        page: "weekly-recovery-drill.md#130-interrupted"),
]
