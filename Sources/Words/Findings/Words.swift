/// The result of a check. `inconclusive` and `notRun` are never shown as passed.
package enum CheckStatus: String, Codable, Sendable, CaseIterable {
    /// It ran and found what it expected.
    case passed
    /// It ran and found something wrong.
    case failed
    /// It ran and could not decide.
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
    /// Taken from earlier drills.
    case history
    /// Written by a person in the plan.
    case plan
    /// A rule that holds for every database, such as: no orphans.
    case rule
}

extension Basis {
    /// The cause of a finding that failed because an expectation with this basis was not met. Only a person can have
    /// expected the wrong thing; what an earlier drill shows is expected because a person asked for that.
    package var fault: Cause { self == .plan || self == .history ? .expectation : .backup }
}

/// What a drill concludes.
package enum Verdict: String, Codable, Sendable, CaseIterable {
    /// Something was looked at, and nothing wrong was found.
    case passed
    /// The backup is bad, the database is not what the plan expects, or an objective was missed.
    case failed
    /// The drill could decide neither of the two.
    case inconclusive
}

/// Why a drill did not pass. A bad backup, a database that is not what the plan expects, a missed objective, a bad drill
/// machine and a drill that was stopped are five answers that ask for five different actions.
package enum Cause: String, Codable, Sendable, CaseIterable {
    /// The backup is bad: take another one.
    case backup
    /// The restored database is not what a person expects in the plan: see which of the two is wrong. The backup itself
    /// may be good.
    case expectation
    /// The backup may be good, and recovery too slow or the loss too large: change the schedule or the machine.
    case objective
    /// The drill machine could not answer: repair it and drill again.
    case environment
    /// Someone stopped the drill: start it again.
    case interrupted
}
