/// The verdict of a drill and its cause, drawn from the findings in one place.
package struct Judgement: Codable, Sendable, Equatable {
    /// What the drill concludes.
    package var verdict: Verdict
    /// Nil exactly when the verdict is `passed`.
    package var cause: Cause?

    package init(verdict: Verdict, cause: Cause?) {
        self.verdict = verdict
        self.cause = cause
    }

    /// Judges by the worst finding. From worst to least: a bad backup, a drill that was stopped, a database that
    /// is not what the plan expects, a missed objective, something that could not be decided. A drill in which no finding passed never passes, because it has checked
    /// nothing; what the ledger says of earlier drills is no check of this backup.
    ///
    /// The cause of a failed finding says whose fault the failure is. A failed finding without a cause is the backup's
    /// fault.
    ///
    /// - Parameter interrupted: whether the drill was stopped before its end.
    package init(_ findings: [Finding], interrupted: Bool = false) {
        let faults = Set(findings.lazy.filter { $0.status == .failed }.map { $0.cause ?? .backup })
        let unknown = findings.contains { $0.status == .inconclusive }
        if faults.contains(.backup) {
            self.init(verdict: .failed, cause: .backup)
        } else if interrupted || faults.contains(.interrupted) {
            self.init(verdict: .inconclusive, cause: .interrupted)
        } else if faults.contains(.expectation) {
            self.init(verdict: .failed, cause: .expectation)
        } else if faults.contains(.objective) {
            self.init(verdict: .failed, cause: .objective)
        } else if unknown || !faults.isEmpty || !findings.contains(where: { $0.status == .passed && $0.id != .ledger })
        {
            self.init(verdict: .inconclusive, cause: .environment)
        } else {
            self.init(verdict: .passed, cause: nil)
        }
    }
}
