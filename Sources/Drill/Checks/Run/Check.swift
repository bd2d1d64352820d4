import Findings
import PlanFile
import Postgres

/// One question asked of a restored database.
///
/// A check throws when it could not run, and returns findings when it ran. It can ask in four ways:
/// - aggregates over every row of a table (``questions(about:in:)``): one scan of the table answers those of all checks;
/// - a ``Probe`` for one thing, such as one index: asked over its own connection, if possible while the restore goes on;
/// - queries in ``findings(in:_:)``, when everything has been restored;
/// - ``lastly(in:)``, for what changes the restored database.
///
/// A check holds no values: what is expected comes with the context, from ``Expectations``.
/// How to add one: `docs/adding-a-check.md`.
package protocol Check: Sendable {
    /// What can be expected of the things that it looks at, such as row counts by table. `Never` for a check that only knows
    /// what is always so.
    associatedtype Demands: Sendable = Never

    /// What the check is, for people; the same for every drill.
    static var description: CheckDescription { get }

    /// Reads what a plan says to the check: the YAML below its id. A check without settings needs none of its own.
    /// - Returns: nil where the plan demands nothing.
    static func demands(of node: PlanNode) throws(PlanError) -> Demands?

    /// The aggregates that it wants to know of a table.
    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion]

    /// What it asks about one thing at a time. Called repeatedly while the restore goes on, for what is there already, and
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

    /// Changes the restored database, and says what came of it. Called once, when every check has its answers.
    /// - Throws: when it could not run.
    func lastly(in context: CheckContext) async throws -> [Finding]
}

extension Check {
    package static func demands(of node: PlanNode) throws(PlanError) -> Demands? {
        _ = try node.mapping(allowed: [])
        return nil
    }

    package func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] { [] }
    package func probes(in context: CheckContext) async throws -> [Probe] { [] }
    package func tidyUp(in context: CheckContext) async throws {}
    package func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] { [] }
    package func lastly(in context: CheckContext) async throws -> [Finding] { [] }

    package var id: CheckID { Self.description.id }
    package static var id: CheckID { Self.description.id }
    package var description: CheckDescription { Self.description }
}

/// What a check asks, and how far it sees.
package struct CheckDescription: Sendable {
    package let id: CheckID
    package let asks: String
    package let covers: String
    /// What may be broken although this check passes.
    package let doesNotCover: String
    /// Why it is not run where it finds nothing to ask about: the reason of its finding.
    package let notRun: String
    /// What a plan can say to it: the YAML below its id. Nil where the database itself says all there is to ask.
    package var example: String?
    /// True if a plan can give it something to ask where the database itself does not.
    package var needsPlan = false
    /// True if it asks about the server as a whole. Where several of its databases are checked, it is asked once, and its findings
    /// name none of them.
    package var isOfServer = false
}
