import Checks
import Crypto
import Evidence
import Findings
import Ledger
import Notify
import Restore
import Scratch
import Storage
import SystemPackage

/// What a drill is to do: which backup, which objectives, which checks, on what. Decoded from a YAML file, or made up
/// for a backup that was named without a plan.
package struct Plan: Sendable {
    package var name: String
    /// Nil in a plan that exports from a live database.
    package var backup: BackupSource?
    /// How a physical backup is recovered.
    package var recovery: RecoverySetting
    /// What only some kinds of backup can do, with what asks for it: options, and keys of the plan by their paths.
    package var asked: [RestoreAbility: [String]] = [:]
    /// What options of the command changed or added, as they were given: `--backup b.dump`.
    package private(set) var options: [String] = []
    /// True if a dump with a statement that pg_dump never writes is not restored.
    package var refusesForeignStatements = false
    package var objectives: Objectives
    /// How far the database may differ from that of the last drill that passed; nil compares nothing.
    package var history: HistoryDemand?
    package var manifest = ManifestDemand()
    package var ledger = LedgerPlan()
    /// Who is told what came of a drill.
    package var notifiers: [Notifier] = []
    /// The roles in which people must sign a report of this plan; empty asks for none.
    package var approval: [String] = []
    /// Within which time after a drill the next one must start; nil demands nothing.
    package var within: Duration?
    package var scratch: ScratchPlan
    package var fencedOff: FencedOff
    package var limits: Limits
    /// What signs; nil leaves that to the command.
    package var signing: SigningSource?
    package var reports: FilePath?
    package var checks: CheckPlan
    /// Of several databases, those that a plan says something of its own to, in its order.
    package var databaseChecks: [OwnChecks] = []
    package var export: ExportPlan?
    /// The file, byte for byte, for the report.
    package var source: PlanSource

    /// A plan for a backup alone: every check that needs no configuration.
    package init(ofBackupAt path: String) {
        name = Self.name(ofBackupAt: path)
        backup = BackupSource(path: path)
        backup?.isGiven = true
        recovery = RecoverySetting()
        objectives = Objectives()
        scratch = ScratchPlan()
        fencedOff = FencedOff()
        limits = Limits()
        checks = CheckPlan()
        source = PlanSource(file: nil, bytes: [])
    }

    /// Writes into the report what an option of the command changed of the plan: as an option, and behind the plan's bytes.
    package mutating func note(_ words: String) {
        let line = words.split(whereSeparator: \.isNewline).joined(separator: " ")
        options.append(line)
        source.bytes += Array("\n# \(line)\n".utf8)
    }

    /// The last part of a path that has letters or digits: `shop` for `/b/shop.dump` and `/b/shop-*.dump`, `b` for `/b/*.dump`.
    private static func name(ofBackupAt path: String) -> String {
        let names = FilePath(path).components.reversed().lazy.map { component in
            let safe = component.stem.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-"
            }
            let begun = safe.drop { "-_.".contains($0) }
            return String(begun.reversed().drop { "-_.".contains($0) }.reversed())
        }
        return names.first { !$0.isEmpty } ?? "backup"
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

/// Targets; nil means that there is no target.
package struct Objectives: Sendable, Equatable {
    /// To fetch and restore the backup: the phases for which ``Findings/DrillPhase/isRecovery`` is true.
    package var recoveryTime: Duration?
    /// How much would be lost: from the last commit that was replayed, or else the newest restored row, to the next backup,
    /// or else to the drill; with a recovery target, to that.
    package var recoveryPoint: Duration?
    /// From the time of the backup to the start of the drill.
    package var backupAge: Duration?
}

/// What is demanded of the manifest that was taken at the source.
package struct ManifestDemand: Sendable, Equatable {
    /// The file with the key that must have signed it; nil leaves that to the command.
    package var publicKey: FilePath?
    /// Whether a backup without one fails.
    package var isRequired = false
}

/// Where the ledger is.
package struct LedgerPlan: Sendable, Equatable {
    /// Nil takes the directory below the reports.
    package var place: StoreLocation?
    /// Who is shown each checkpoint of a drill.
    package var anchors: [Anchor] = []

    package init() {}
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

/// What signs a report.
package enum SigningSource: Sendable, Equatable {
    /// A key in PEM.
    case file(FilePath)
    case command(Program)

    /// A program that keeps the key.
    package struct Program: Sendable, Equatable {
        /// With its arguments.
        package var words: [String]
        package var publicKey: FilePath
        package var deadline: Duration

        package init(words: [String], publicKey: FilePath, deadline: Duration) {
            self.words = words
            self.publicKey = publicKey
            self.deadline = deadline
        }
    }
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
