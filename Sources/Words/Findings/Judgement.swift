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

    /// Judges by the worst finding: a bad backup outweighs a drill that was stopped, that a missed objective, and that
    /// what could not be told. A drill in which nothing passed never passes: it has not looked.
    ///
    /// The cause of a failed finding decides whose failure it is; without one it is the backup's.
    ///
    /// - Parameter interrupted: whether the drill was stopped before it was through.
    package init(_ findings: [Finding], interrupted: Bool = false) {
        let faults = Set(findings.lazy.filter { $0.status == .failed }.map { $0.cause ?? .backup })
        let unknown = findings.contains { $0.status == .inconclusive }
        if faults.contains(.backup) {
            self.init(verdict: .failed, cause: .backup)
        } else if interrupted || faults.contains(.interrupted) {
            self.init(verdict: .inconclusive, cause: .interrupted)
        } else if faults.contains(.objective) {
            self.init(verdict: .failed, cause: .objective)
        } else if unknown || !faults.isEmpty || !findings.contains(where: { $0.status == .passed }) {
            self.init(verdict: .inconclusive, cause: .environment)
        } else {
            self.init(verdict: .passed, cause: nil)
        }
    }
}
