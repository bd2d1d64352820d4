/// What became of a check. `inconclusive` and `notRun` never render as passed.
package enum CheckStatus: String, Codable, Sendable, CaseIterable {
    case passed
    case failed
    /// It ran and could not tell.
    case inconclusive
    /// It did not run; the finding's reason says why.
    case notRun
}

/// Where an expectation came from.
package enum Basis: String, Codable, Sendable, CaseIterable {
    /// Taken at the source, in the dump's own snapshot.
    case manifest
    /// Read from the backup itself.
    case archive
    /// Earlier drills.
    case history
    /// Written by a person in the plan.
    case plan
    /// Always true, such as: no orphans.
    case rule
}

/// What a drill concludes.
package enum Verdict: String, Codable, Sendable, CaseIterable {
    case passed
    case failed
    case inconclusive
}

/// Why a drill did not pass. A bad backup, a missed objective, a bad drill machine and a drill that was
/// stopped are four answers that ask for four different actions.
package enum Cause: String, Codable, Sendable, CaseIterable {
    case backup
    case objective
    case environment
    case interrupted
}
