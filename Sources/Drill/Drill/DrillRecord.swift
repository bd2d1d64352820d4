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
        var findings: [Finding] = []
        var results: CheckResults?
        var phases: [Report.Phase] = []
        var kept: KeptServer?
    }

    let started = Date()
    private let state = Mutex(State())
    private let clock = ContinuousClock()
    private let begun = Mutex<(name: String, at: ContinuousClock.Instant, date: Date)?>(nil)

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Keeps findings and tells of them.
    func add(_ findings: [Finding], emit: DrillEventSink) {
        update { $0.findings += findings }
        for finding in findings { emit(.finding(finding)) }
    }

    var current: State { state.withLock { $0 } }

    /// Ends the phase that runs and begins another; nil begins none.
    func enter(_ phase: String?) {
        let now = clock.now
        let ended = begun.withLock { running in
            defer { running = phase.map { ($0, now, Date()) } }
            return running
        }
        guard let ended else { return }
        let seconds = (now - ended.at) / .seconds(1)
        update { $0.phases.append(Report.Phase(name: ended.name, started: ended.date, seconds: seconds)) }
    }
}
