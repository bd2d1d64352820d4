/// A problem that pgassay notices itself, instead of reading it from the message of a server or program.
package enum DrillState: String, Sendable, CaseIterable {
    // A backup that must be fetched from another place.
    case notFetched, notOpened, repositoryDamaged

    // A snapshot in a cloud.
    case snapshotNotRestored, otherServer

    // The files of the backup.
    case archiveMissing, archiveUnreadable, archiveOfUnknownVersion, archiveNeedsMemory
    case archiveEmpty, archiveWithoutContents, archiveOfAnotherKind, archiveCut, archiveMalformed, archiveUndecodable
    case archiveIncomplete, archiveHasLinks, archiveChanged, planSaysTooLittle, momentUnknown

    // A recovery.
    case targetNotReached, targetTooEarly, logMissing

    // A restore.
    case programTimedOut, programKilled, programSilent, wordsLost
    case lockedOut, localeMissing, scriptHasCommand, scriptCut, scriptGoesOn
    case statementTooLong, statementIsForeign, statementRefused, statisticsLeftOut, copySendsRows, rowsNotTaken
    case dataAlone, partsAlone

    // A connection from pgassay to a server.
    case cannotConnect, connectionLost, statementTimedOut, answerNotUnderstood

    // Something that the backup names is not in the restored database.
    case absent
    // Files that the scratch server made itself.
    case ownFileDamaged
    // Rows that were read in another way than at the source.
    case moneyDiffers
    // It is there, and not defined as the backup defines it; or nobody can say how it is defined.
    case definedOtherwise, structureNotRead
    // Things that come with a physical copy of the source server.
    case preparedTransaction, collationDiffers
    // A query that is written in the plan.
    case questionOfPlan, tooSlow
    // A script of the plan that erases rows again.
    case replayFailed
    // A check found something wrong, and the reason may be that the machine kept rows out.
    case rowsKeptOut

    // The machine.
    case noPostgres, noPlace, diskTooSmall, childFailed, fencedOff, leftBehind, otherError

    // A drill as a whole.
    case objectiveMissed, objectiveNotMeasured, stopped

    /// The problem in words, for the page that lists all rows (`docs/causes.md`).
    package var words: String {
        switch self {
        case .notFetched: "a backup in another place cannot be fetched"
        case .notOpened: "the key or the passphrase does not open the backup"
        case .repositoryDamaged: "the tool of a repository finds it damaged"
        case .snapshotNotRestored:
            "a cloud refuses to restore a snapshot, does not finish it, or the restored server accepts no connection"
        case .otherServer: "the server at the plan's address is not the restored one"
        case .archiveMissing: "nothing is at the backup's path"
        case .archiveUnreadable: "the system does not let us read the backup"
        case .archiveOfUnknownVersion: "an archive of a version that pgassay does not read"
        case .archiveNeedsMemory: "too little memory to decompress the backup"
        case .archiveEmpty: "an empty file"
        case .archiveWithoutContents: "a directory without a `toc.dat`"
        case .archiveOfAnotherKind: "a file that is not a PostgreSQL dump"
        case .archiveCut: "the file ends within its header or table of contents"
        case .archiveMalformed: "the header or table of contents breaks the format"
        case .archiveUndecodable: "the compressed data cannot be decompressed"
        case .archiveIncomplete: "data is missing, cut off, or does not end as it should"
        case .archiveHasLinks: "a symbolic link in a directory dump"
        case .planSaysTooLittle: "the backup needs something that the plan does not name, or names wrongly"
        case .momentUnknown:
            "a copy of the files of a running server; neither the plan nor an option says that it is a snapshot"
        case .archiveChanged: "the backup's files changed during the drill"
        case .targetNotReached: "the log ends before the recovery target"
        case .targetTooEarly: "the recovery target lies before the end of the base backup"
        case .logMissing: "log is missing that the base backup needs to be consistent"
        case .programTimedOut: "the restore ran past its deadline"
        case .programKilled: "a signal that the drill did not send ended `pg_restore`"
        case .programSilent: "`pg_restore` failed, and nothing that it said explains it"
        case .wordsLost: "`pg_restore` counts more errors than could be read"
        case .lockedOut: "after the restore the server refuses our connection"
        case .localeMissing: "this machine does not have the database's locale"
        case .scriptHasCommand: "a plain dump holds a psql command"
        case .scriptCut: "a plain dump ends too early, or does not decompress to its end"
        case .scriptGoesOn: "a plain dump goes on after its closing comment"
        case .statementTooLong: "a statement of a plain dump is longer than pgassay takes"
        case .statementIsForeign: "a dump holds a statement that pg_dump never writes"
        case .statementRefused: "a dump holds a statement that pg_dump never writes, and the plan refuses it"
        case .statisticsLeftOut: "a dump holds planner statistics of the source"
        case .copySendsRows: "a plain dump holds a COPY that sends rows to the client"
        case .rowsNotTaken: "the server takes fewer rows of a COPY than a plain dump has"
        case .dataAlone: "a dump holds rows without their tables"
        case .partsAlone: "a dump holds constraints, indexes and the like without their tables"
        case .cannotConnect: "no connection can be made"
        case .connectionLost: "the connection breaks"
        case .statementTimedOut: "a statement ran past its deadline"
        case .answerNotUnderstood: "the server answers in another shape than asked for"
        case .ownFileDamaged: "a check of a restored dump meets a file of the scratch server that is missing or damaged"
        case .moneyDiffers: "restored amounts of money are not printed as in the dump"
        case .absent: "what the backup names is not in the restored database"
        case .definedOtherwise: "a restored object is not defined as the backup defines it"
        case .structureNotRead: "`pg_dump` does not read the restored database to its end"
        case .preparedTransaction: "a transaction has been prepared for long, and neither committed nor rolled back"
        case .collationDiffers: "a collation that indexes depend on has another version here"
        case .questionOfPlan: "a question of the plan fails on the restored database"
        case .replayFailed: "the plan's replay fails on the restored database"
        case .tooSlow: "a query of the plan takes longer than the plan allows"
        case .rowsKeptOut: "a check found something wrong, and the machine had kept rows out"
        case .noPostgres: "no PostgreSQL, or none that is new enough, or a program or the client library is missing"
        case .noPlace: "no account or directory for a scratch server"
        case .diskTooSmall: "less free disk than the restore needs"
        case .childFailed: "the scratch server cannot be made, or does not start"
        case .fencedOff: "the plan names production as the place to restore into"
        case .leftBehind: "something of the drill cannot be removed"
        case .otherError: "any other error that ends a drill"
        case .objectiveMissed: "an objective of the plan was measured and missed"
        case .objectiveNotMeasured: "an objective of the plan could not be measured"
        case .stopped: "SIGINT, SIGTERM, SIGHUP or SIGQUIT"
        }
    }
}
