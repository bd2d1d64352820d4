/// A key of a plan that a message names, by its path. A message never names one in plain text: a test compares these with
/// `config/plan.schema.json`, so that nobody is told to write a key that pgassay refuses.
package enum PlanKey: String, Sendable, CaseIterable, CustomStringConvertible {
    case backupCommand = "backup.command"
    case backupDamagePersists = "backup.damagePersists"
    case backupDecrypt = "backup.decrypt"
    case backupPath = "backup.path"
    case backupPgbackrest = "backup.pgbackrest"
    case backupSnapshotAddress = "backup.snapshot.address"
    case backupSnapshotDatabase = "backup.snapshot.database"
    case backupSnapshotHourlyPrice = "backup.snapshot.hourlyPrice"
    case backupSnapshotPasswordFile = "backup.snapshot.passwordFile"
    case backupSnapshotPatience = "backup.snapshot.patience"
    case backupSnapshotTimeToLive = "backup.snapshot.timeToLive"
    case backupTimeZone = "backup.timeZone"
    case checksFreshness = "checks.freshness"
    case checksQueries = "checks.queries"
    case checksSchemaVersion = "checks.schema-version"
    case checksSql = "checks.sql"
    case limitsFetch = "limits.fetch"
    case limitsRemove = "limits.remove"
    case limitsRestore = "limits.restore"
    case limitsStart = "limits.start"
    case limitsStatement = "limits.statement"
    case recoveryDatabase = "recovery.database"
    case recoveryWal = "recovery.wal"
    case scratchAccount = "scratch.account"
    case scratchDirectory = "scratch.directory"
    case scratchDiskSpace = "scratch.diskSpace"
    case scratchPostgres = "scratch.postgres"
    case scratchServer = "scratch.server"

    package var description: String { rawValue }
}
