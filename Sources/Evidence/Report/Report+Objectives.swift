extension Report {
    /// The plan's targets and what the drill measured. An objective that the plan does not set may still be measured.
    package struct Objectives: Codable, Sendable, Equatable {
        /// The time to fetch and restore the backup (RTO): the phases `fetch`, `unpack`, `start`, `restore`, `recover`.
        package var recoveryTime: Objective?
        /// How much would have been lost (RPO): the time from the newest recovered change to the next backup, or else to the
        /// drill; with a recovery target, to that.
        package var recoveryPoint: Objective?
        /// How much older than the backup, or the recovery target, the newest recovered change is. It has no target.
        package var newestRow: Objective?
        /// The age of the backup when the drill began.
        package var backupAge: Objective?

        package init(
            recoveryTime: Objective? = nil, recoveryPoint: Objective? = nil, newestRow: Objective? = nil,
            backupAge: Objective? = nil
        ) {
            self.recoveryTime = recoveryTime
            self.recoveryPoint = recoveryPoint
            self.newestRow = newestRow
            self.backupAge = backupAge
        }
    }

    /// One target and what was measured, both in seconds.
    package struct Objective: Codable, Sendable, Equatable {
        /// The most seconds allowed; nil if the plan sets no target.
        package var target: Double?
        /// Nil when it could not be measured; `reason` then says why.
        package var measured: Double?
        /// Nil when there is no target or nothing was measured.
        package var met: Bool?
        /// Why it was missed or could not be measured.
        package var reason: String?
        /// What one must know to read the number: from when to when it is, or what was weakened for it.
        package var note: String?

        package init(
            target: Double? = nil, measured: Double? = nil, met: Bool? = nil, reason: String? = nil,
            note: String? = nil
        ) {
            self.target = target
            self.measured = measured
            self.met = met
            self.reason = reason
            self.note = note
        }
    }
}
