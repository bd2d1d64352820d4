import Backup
import Checks
import Findings
import Foundation
import Report
import Restore
import Synchronization

/// What a drill has learnt so far. Filled step by step, so that a drill that ends early, by an error or by a signal,
/// still reports all that it knew.
final class DrillRecord: Sendable {
    struct State {
        /// Size of the backup, in bytes.
        var bytes: Int64 = 0
        var digest: [String: String] = [:]
        var description: BackupDescription?
        var environment: RestoredEnvironment?
        var isRestored = false
        /// The rows that the backup holds, where that is known.
        var held: BackupData?
        var findings: [Finding] = []
        var results: CheckResults?
        var phases = PhaseTimes()
        var kept: KeptServer?
    }

    let started = Date()
    private let state = Mutex(State())

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    var current: State { state.withLock { $0 } }
}
