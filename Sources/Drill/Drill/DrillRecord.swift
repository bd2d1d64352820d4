import Backup
import Checks
import Files
import Findings
import Foundation
import Manifest
import Report
import Restore
import Synchronization

/// What a drill has learnt so far. Filled step by step, so that a drill that ends early, by an error or by a signal,
/// still reports all that it knew.
final class DrillRecord: Sendable {
    struct State {
        /// Size of the backup, in bytes; nil as long as it was not seen.
        var bytes: Int64?
        /// Empty until it was taken.
        var digest: [String: String] = [:]
        /// What was taken at the source, if it is of this backup.
        var manifest: StoredManifest?
        var description: BackupDescription?
        var environment: RestoredEnvironment?
        /// The databases that are checked, where those are several; else empty.
        var databases: [String] = []
        /// How many databases were restored.
        var restored = 0
        /// Whether all are restored that are checked.
        var isRestored: Bool { restored > 0 && restored >= databases.count }
        /// What a restore that came before the drill took, in seconds; nil where the drill restored the backup.
        var secondsElsewhere: Double?
        /// The rows that the backup holds, where that is known.
        var held: [DatabaseData] = []
        /// Of an inspection that read a part of it.
        var sample: SampleResult?
        var findings: [Finding] = []
        /// What the checks found, of one database after the other.
        var results: [CheckResults] = []
        var phases = PhaseTimes()
        var kept: KeptServer?
        /// What was opened of the backup, and must not change until the end.
        var trees: [OpenTree] = []
        /// The backup changed while it was drilled.
        var hasChanged = false
    }

    let started = Date()
    private let state = Mutex(State())

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    var current: State { state.withLock { $0 } }
}
