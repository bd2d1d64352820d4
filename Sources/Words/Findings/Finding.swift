/// One answer of a check: what was looked at, what was expected, what was there.
///
/// A finding that is not ``CheckStatus/passed`` says why in ``reason`` and, where it decides the verdict, whose
/// fault it is in ``cause``. Texts never carry row values: counts, names, times and digests only.
package struct Finding: Codable, Sendable, Equatable {
    /// The check that answered, such as `row-counts`.
    package var id: CheckID
    /// The database that was looked at, where the drill checked several; nil where it checked one, and for what belongs to none.
    package var database: String?
    /// What was looked at: `public.farmers`, `public.conversations.timestamp`, a constraint, a file.
    package var subject: String
    /// The result of the check.
    package var status: CheckStatus
    /// Where `expected` came from; nil where nothing was expected.
    package var basis: Basis?
    /// What had to be there, as text; nil where there was no expectation.
    package var expected: String?
    /// What was there, as text; nil where nothing was seen.
    package var observed: String?
    /// True if this is a hazard: the source itself is at risk, and the backup repeats the source exactly, so it has not
    /// failed. A hazard's status is ``CheckStatus/passed``, and it has a reason. Nil for every other finding.
    package var hazard: Bool?
    /// Why it was not run. Nil for every other status, and in reports of versions before this field.
    package var gap: Gap?
    /// How long it took to find out, in seconds; nil where that was not measured.
    package var seconds: Double?
    /// Why, in a sentence a tired person can act on. Always there unless the finding passed.
    package var reason: String?
    /// Whose fault it is. Nil for a finding that passed, and for a check that was not run for a good reason.
    package var cause: Cause?

    package init(
        id: CheckID, subject: String, status: CheckStatus, basis: Basis? = nil, expected: String? = nil,
        observed: String? = nil, hazard: Bool? = nil, gap: Gap? = nil, seconds: Double? = nil,
        reason: String? = nil, cause: Cause? = nil
    ) {
        self.id = id
        self.subject = subject
        self.status = status
        self.basis = basis
        self.expected = expected
        self.observed = observed
        self.hazard = hazard
        self.gap = gap
        self.seconds = seconds
        self.reason = reason
        self.cause = cause
    }
}

extension Finding {
    /// What was looked at, with the database where the drill checked several: `crm: public.farmers`; of a database as a whole its name.
    package var place: String { Self.place(database, subject) }

    package static func place(_ database: String?, _ subject: String) -> String {
        guard let database else { return subject }
        return subject == "database" ? database : "\(database): \(subject)"
    }

    /// A copy of this finding that names the database. A finding that already names a database keeps that name.
    /// - Parameter database: nil changes nothing.
    package func of(_ database: String?) -> Finding {
        var finding = self
        finding.database = finding.database ?? database
        return finding
    }
}
