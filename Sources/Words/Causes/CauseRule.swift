import Findings

/// One row of the table that decides whose fault an error is.
package struct CauseRule: Sendable, Equatable {
    /// Names the row, for tests and for `docs/causes.md`.
    package let id: String
    /// The phases in which the rule applies. Empty: in every phase.
    package let during: [Phase]
    /// The error must show at least one of these signs. Empty: any error.
    package let met: [Sign]
    /// Conditions that must all hold as well.
    package let when: [Condition]
    /// Whose fault the error is. Nil for a harmless error: it leaves nothing out of the restore.
    package let cause: Cause?
    /// Why, in words for a report.
    package let reason: String
    /// The page that says what to do, with the heading in it, relative to the directory `runbooks`: `causes.md#disk`.
    package let page: String

    init(
        _ id: String, _ during: [Phase], met: [Sign], when: [Condition] = [], _ cause: Cause?, _ reason: String,
        page: String
    ) {
        self.id = id
        self.during = during
        self.met = met
        self.when = when
        self.cause = cause
        self.reason = reason
        self.page = page
    }

    /// The status of a finding about such an error.
    package var status: CheckStatus {
        switch cause {
        case .backup, .expectation, .objective: .failed
        case .environment, .interrupted: .inconclusive
        case nil: .passed
        }
    }

    /// Whether it was told by what the restored database shows, which then explains it.
    package var asksForExplanation: Bool {
        when.contains { condition in
            switch condition {
            case .named, .dependsOn: true
            default: false
            }
        }
    }

    /// Whether such an error only follows from one before.
    package var followsFromEarlierError: Bool {
        when.contains { [.lackedBefore, .rowsKeptOut, .named(.notMade)].contains($0) }
    }

    /// A row of the backup that is not there is never harmless, so no harmless row of the table applies to a statement
    /// that brings rows.
    func applies(to error: MetError, in circumstances: Circumstances) -> Bool {
        (cause != nil || !(error.bringsRows || error.fillsView)) && (during.isEmpty || during.contains(error.phase))
            && (met.isEmpty || met.contains { $0.isMet(by: error) })
            && when.allSatisfy { $0.holds(for: error, in: circumstances) }
    }
}

/// What a drill was doing when it met an error.
package enum Phase: String, Sendable, CaseIterable {
    case restoring, checking
    /// Everything around these two: looking at the backup, starting the server, judging, cleaning up.
    case drilling
}

/// What identifies an error. Exit codes are not used for it.
package enum Sign: Sendable, Equatable {
    /// SQLSTATE codes of the server, or their beginnings: a family has two characters (documentation of PostgreSQL,
    /// appendix A).
    case sqlState([String])
    /// A message of `pg_restore` itself, or of pgassay in its place, under `LC_ALL=C`, contains at least one of these
    /// texts.
    case words([String])
    case state(DrillState)

    func isMet(by error: MetError) -> Bool {
        switch (self, error.what) {
        case (.sqlState(let codes), .server(let state, _)):
            codes.contains { state.after($0) != nil }
        case (.words(let words), .program(let message)): words.contains(where: message.containsBytes)
        case (.state(let wanted), .state(let state)): wanted == state
        default: false
        }
    }
}
