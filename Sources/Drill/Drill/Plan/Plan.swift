import Checks
import Crypto
import Evidence
import Fetch
import Findings
import Restore
import Scratch
import Snapshots
import SystemPackage

/// What a drill is to do: which backup, which objectives, which checks, on what. Decoded from a YAML file, or made up
/// for a backup that was named without a plan.
package struct Plan: Sendable {
    package var name: String
    /// Nil in a plan that exports from a live database.
    package var backup: BackupSource?
    /// How a physical backup is recovered.
    package var recovery: RecoverySetting
    /// True if a dump with a statement that pg_dump never writes is not restored.
    package var refusesForeignStatements = false
    package var objectives: Objectives
    package var scratch: ScratchPlan
    package var fencedOff: FencedOff
    package var limits: Limits
    package var signingKey: FilePath?
    package var reports: FilePath?
    package var checks: CheckPlan
    package var export: ExportPlan?
    /// The file, byte for byte, for the report.
    package var source: PlanSource

    /// A plan for a backup alone: every check that needs no configuration.
    package init(ofBackupAt path: String) {
        let name = FilePath(path).lastComponent?.stem ?? "backup"
        self.name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
        backup = BackupSource(path: path)
        recovery = RecoverySetting()
        objectives = Objectives()
        scratch = ScratchPlan()
        fencedOff = FencedOff()
        limits = Limits()
        checks = CheckPlan()
        source = PlanSource(file: nil, bytes: [])
    }
}

/// Where the bytes of a plan came from.
package struct PlanSource: Sendable {
    /// Nil when there was no plan.
    package var file: FilePath?
    package var bytes: [UInt8]

    /// Lowercase hex; a report uses it to say which plan it was.
    var sha256: String { Hex.encode(SHA256.hash(data: bytes)) }
}

/// Which backup to drill.
package struct BackupSource: Sendable, Equatable {
    package var place: Place
    package var pick: Pick = .newest
    /// A program and its arguments that decrypt the backup; nil if it is not encrypted.
    package var decrypt: [String]?
    /// Places that links of tablespaces and of the log may lead to.
    package var follow: [FilePath] = []
    /// Names of our environment variables that ``decrypt`` and a command of the plan get.
    package var environment: [String] = []
    /// Zone of the clock of the machine that dumped; nil takes this machine's.
    package var timeZone: String?
    /// True if damage in one backup is also in every later one, so that a search for a good one can halve the range.
    package var damagePersists = false

    package init(path: String) { place = .path(path) }

    init(_ place: Place) { self.place = place }

    /// Where the backup is.
    package enum Place: Sendable, Equatable {
        /// A file, a directory dump, a base backup, or a pattern as in a shell; on this machine, or `s3://…`.
        case path(String)
        case pgBackRest(PgBackRest)
        case barman(Barman)
        /// A program and its arguments that fill an empty directory.
        case command([String])
        /// Snapshots in a cloud, which the cloud restores.
        case snapshot(SnapshotSource)
    }

    var decryption: Decryption? { decrypt.map { Decryption(command: $0, variables: environment) } }

    /// Which of several to take.
    package enum Pick: Sendable, Equatable {
        case newest, oldest, random
        case name(String)

        package init(_ text: String) {
            switch text {
            case "newest": self = .newest
            case "oldest": self = .oldest
            case "random": self = .random
            default: self = .name(text)
            }
        }
    }
}

/// Targets; nil means that there is no target.
package struct Objectives: Sendable, Equatable {
    /// From the start of the scratch server to a restored database.
    package var recoveryTime: Duration?
    /// From the last commit that was replayed, or else the newest restored row, to the time up to which the backup
    /// claims to have data.
    package var recoveryPoint: Duration?
    /// From the time of the backup to the start of the drill.
    package var backupAge: Duration?
}

/// Where to restore, and how much of the machine to use.
package struct ScratchPlan: Sendable, Equatable {
    package var directory: FilePath?
    package var account: String?
    package var isolation = IsolationDemand.required
    package var postgres: [FilePath] = []
    /// Nil uses as many as there are cores.
    package var jobs: Int?
    /// Bytes; nil estimates them from the backup.
    package var diskSpace: Int64?
    /// A connection string of an existing server to use instead of a throwaway one.
    package var server: String?
}

/// How long things may take before they are stopped.
package struct Limits: Sendable, Equatable {
    /// Each step of starting the server.
    package var start: Duration = .seconds(120)
    package var restore: Duration = .seconds(12 * 3600)
    /// Time to fetch a backup to this machine.
    package var fetch: Duration = .seconds(12 * 3600)
    /// Time to delete what was created in a cloud, and to see that it is gone.
    package var remove: Duration = .seconds(1800)
    /// One statement of a check, and each piece that an export reads.
    package var statement: Duration = .seconds(3600)

    package init() {}
}
