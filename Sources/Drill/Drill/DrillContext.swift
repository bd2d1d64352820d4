import Findings
import Restore
import Scratch

/// What every step of a drill needs.
struct DrillContext: Sendable {
    let request: DrillRequest
    let emit: DrillEventSink
    /// Is given the database that was restored and checked, before it is removed.
    let onChecked: CheckedDatabaseSink?
    let record = DrillRecord()
    /// What the drill made, and whether it is gone.
    let cleanup = CleanupLog()

    var plan: Plan { request.plan }

    /// Begins a phase. It runs until ``end(_:)``, and at most until the drill ends.
    func begin(_ phase: DrillPhase) { begin(phase, ending: nil) }

    /// Begins a phase at the moment at which another one ends.
    /// - Parameter before: nil ends no phase.
    func begin(_ phase: DrillPhase, ending before: DrillPhase?) {
        let now = Moment.now
        record.update {
            if let before { $0.phases.end(before, at: now) }
            $0.phases.begin(phase, at: now)
        }
        emit(.phase(phase))
    }

    func end(_ phase: DrillPhase) { record.update { $0.phases.end(phase) } }

    /// Runs `body` as a phase, which ends with it.
    func during<Value>(_ phase: DrillPhase, _ body: () async throws -> Value) async rethrows -> Value {
        begin(phase)
        defer { end(phase) }
        return try await body()
    }

    /// Keeps findings and tells of them.
    func add(_ findings: [Finding]) {
        record.update { $0.findings += findings }
        for finding in findings { emit(.finding(finding)) }
    }
}
