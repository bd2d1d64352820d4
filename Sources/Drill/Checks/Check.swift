import Findings

/// One question asked of a restored database.
///
/// A check throws when it could not run, and returns findings when it ran. What it wants to know of every row it asks as
/// aggregates, which all checks share in one scan of each table; what it asks of one thing at a time is a ``Probe``; the
/// rest it asks in ``findings(in:_:)``, when everything has been restored. Adding one is one file that conforms to this,
/// one line in ``checkCatalogue(_:)`` and its rows in the conformance test.
package protocol Check: Sendable {
    /// What the check is, for people; the same for every drill.
    static var description: CheckDescription { get }

    /// The aggregates that it wants to know of a table.
    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion]

    /// What it asks about one thing at a time. Also called while the restore goes on, for what is there already; then
    /// again after it.
    /// - Throws: when it could not find out what there is to ask.
    func probes(in context: CheckContext) async throws -> [Probe]

    /// Removes from the restored database what it made there to ask its probes. Called once, when they have been asked, and
    /// before any check looks at what the backup brought.
    func tidyUp(in context: CheckContext) async throws

    /// Answers what its probes do not, with what the scans found and with queries of its own. Called once, after
    /// the restore.
    /// - Throws: when it could not run, such as ``Postgres/PostgresError/connectionLost(reason:)``.
    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding]
}

extension Check {
    package func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] { [] }
    package func probes(in context: CheckContext) async throws -> [Probe] { [] }
    package func tidyUp(in context: CheckContext) async throws {}
    package func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] { [] }

    var id: String { Self.description.id }
    static var id: String { Self.description.id }
    var description: CheckDescription { Self.description }
}

/// What a check asks, and how far it sees.
package struct CheckDescription: Sendable {
    /// Stable: plans, reports and runbooks refer to it.
    package let id: String
    package let asks: String
    package let covers: String
    /// What may be broken although this check passes.
    package let doesNotCover: String
    /// Why it is not run where it finds nothing to ask about: the reason of its finding.
    package let notRun: String
    /// What a plan can say to it: the YAML below its id. Nil where the database itself says all there is to ask.
    package var example: String?
}

/// Every check there is, in the order of the report.
package func checkCatalogue(_ plan: CheckPlan) -> [any Check] {
    [
        RestoreCheck(),
        RowCountsCheck(expectations: plan.rowCounts),
        FreshnessCheck(expectations: plan.freshness),
        ForeignKeysCheck(),
        JSONBCheck(expectations: plan.jsonb),
        SequencesCheck(),
        ConstraintsCheck(),
        IndexesCheck(expected: plan.indexes),
        CollationsCheck(),
        VisibilityMapCheck(),
        PartitionsCheck(expectations: plan.partitions),
        ExtensionsCheck(expectations: plan.extensions),
        SecurityCheck(expectations: plan.security),
        SchemaVersionCheck(expectation: plan.schemaVersion),
        LargeObjectsCheck(),
        EncodingCheck(),
        ValuesCheck(),
        PreparedTransactionsCheck(),
        ReplicationSlotsCheck(),
        UpkeepCheck(),
        SQLCheck(expectations: plan.sql),
        QueriesCheck(expectations: plan.queries),
    ]
}
