/// The verdict of a drill and its cause, drawn from the findings in one place.
package struct Judgement: Codable, Sendable, Equatable {
    package var verdict: Verdict
    /// Nil exactly when the verdict is `passed`.
    package var cause: Cause?

    package init(verdict: Verdict, cause: Cause?) {
        self.verdict = verdict
        self.cause = cause
    }

    /// Judges by the worst finding: a bad backup outweighs a missed objective, and both outweigh what could not
    /// be told. A drill in which nothing passed never passes: it has not looked.
    package init(_ findings: [Finding], interrupted: Bool = false) {
        let failed = findings.filter { $0.status == .failed }
        let unknown = findings.contains { $0.status == .inconclusive }
        if failed.contains(where: { $0.cause != .objective }) {
            self.init(verdict: .failed, cause: .backup)
        } else if interrupted {
            self.init(verdict: .inconclusive, cause: .interrupted)
        } else if !failed.isEmpty {
            self.init(verdict: .failed, cause: .objective)
        } else if unknown || !findings.contains(where: { $0.status == .passed }) {
            self.init(verdict: .inconclusive, cause: .environment)
        } else {
            self.init(verdict: .passed, cause: nil)
        }
    }
}
