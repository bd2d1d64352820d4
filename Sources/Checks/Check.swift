import Findings

/// One question asked of a restored database.
///
/// A check throws when it could not run, and returns findings when it ran. Adding one is one file that conforms to
/// this, one line in ``checkCatalogue(_:)`` and one row of the conformance test.
package protocol Check: Sendable {
    /// What the check is, for people; the same for every drill.
    static var description: CheckDescription { get }

    /// The aggregates that it wants to know of a table. All checks' aggregates are asked in one scan.
    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion]

    /// Answers, with what the scans found and with queries of its own.
    /// - Throws: when it could not run, such as ``Postgres/PostgresError/connectionLost(reason:)``.
    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding]
}

extension Check {
    package func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] { [] }

    static var id: String { Self.description.id }
}

/// What a check asks, and how far it sees.
package struct CheckDescription: Sendable {
    /// Stable: plans, reports and runbooks refer to it.
    package let id: String
    package let asks: String
    package let covers: String
    /// What may be broken although this check passes.
    package let doesNotCover: String
}

/// Every check there is, in the order of the report.
package func checkCatalogue(_ plan: CheckPlan) -> [any Check] {
    [
        RestoreCheck(),
        RowCountsCheck(expectations: plan.rowCounts),
        FreshnessCheck(expectations: plan.freshness),
        ForeignKeysCheck(),
        JSONBCheck(expectations: plan.jsonb),
    ]
}
