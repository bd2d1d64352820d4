import Findings
import Foundation
import PlanFile
import PlanKeys
import Postgres

/// How recent are the newest rows?
struct FreshnessCheck: Check {
    static let description = CheckDescription(
        id: .freshness,
        asks: "How far behind the time of the backup are the newest rows?",
        covers: """
            The newest finite value of the time columns that the plan names, or of every time column that an index \
            begins with, counted back from the time of the backup and compared with the plan's limit or its recovery \
            point objective.
            """,
        doesNotCover: """
            Rows missing from the middle. Values later than the backup are told but do not count, since they would \
            hide missing rows. Columns without a time zone are read in the zone of the backup's clock.
            """,
        notRun: "no time column begins an index, and the plan names none (\(PlanKey.checksFreshness))",
        example: """
            conversations.timestamp: { within: 24h }
            """,
        needsPlan: true)

    static func demands(of node: PlanNode) throws(PlanError) -> [ColumnName: FreshnessExpectation]? {
        try node.byColumn(FreshnessExpectation.init)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        Freshness.columns(of: table, in: context).flatMap { column in
            let ask = Freshness.questions(about: column, backupTime: context.backupTime)
            return [ask.newest, ask.later]
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let freshness = Freshness(in: context, answers)
        let expectations = context.expectations.of(Self.self)
        let absent = expectations.names().filter { freshness.columns[$0] == nil }.sorted().flatMap { column in
            expectations.on(column).map { Self.absent(column, $0.basis, in: context) }
        }
        let known = freshness.columns.sorted { $0.key < $1.key }.flatMap { column, newest in
            // The objective speaks of the database as a whole; a limit of a column's own goes before it.
            let limits = expectations.on(column).compactMap { expectation in
                (expectation.demand.within ?? context.recoveryPoint).map { Based(expectation.basis, $0) }
            }
            return limits.isEmpty
                ? [finding(about: column, newest, nil, in: context)]
                : limits.map { finding(about: column, newest, $0, in: context) }
        }
        return absent + known
    }

    private static func absent(_ column: ColumnName, _ basis: Basis, in context: CheckContext) -> Finding {
        Finding(
            absent: column.description, id: id, basis: basis, expected: "a column of times",
            observed: "no such column",
            reason:
                "\(basis.source) names this column, and the restored database has no column of times by that name\(basis.ifWritten("; see whether the plan spells it right"))",
            in: context)
    }

    private func finding(
        about column: ColumnName, _ newest: Result<Freshness.Newest, PostgresError>, _ expected: Based<Duration>?,
        in context: CheckContext
    ) -> Finding {
        let (basis, limit) = (expected?.basis, expected?.demand)
        let expected = limit.map { "within \(HumanText.text($0)) of the backup" }
        var finding = Finding(
            id: Self.id, subject: column.description, status: .passed, basis: basis,
            expected: expected)
        let value: Freshness.Newest
        switch newest {
        case .success(let found): value = found
        case .failure(let error):
            return Finding(
                inconclusive: Self.id, subject: column.description, basis: basis,
                expected: expected, because: error)
        }
        guard let newest = value.time else {
            finding.observed = "no rows with a time"
            finding.status = limit == nil ? .notRun : .failed
            finding.reason =
                limit == nil
                ? "the column holds no time" : "no row has a time, so nothing shows how recent the rows are"
            finding.cause = limit == nil ? nil : (basis ?? .rule).fault
            return finding
        }
        let lag = context.backupTime.map { Duration.seconds($0.timeIntervalSince(newest)) }
        finding.observed = [
            iso(newest), lag.map { "\(HumanText.text(.seconds(max(0, $0.components.seconds)))) before the backup" },
            value.later > 0 ? "\(counted(value.later, "row is", "rows are")) later than the backup" : nil,
        ].compactMap { $0 }.joined(separator: ", ")
        guard let basis, let limit else { return finding }
        guard let lag else {
            finding.status = .inconclusive
            finding.reason = "the backup does not say when it was taken"
            finding.cause = .environment
            return finding
        }
        if lag > limit {
            finding.status = .failed
            finding.reason =
                "the newest rows are older than \(basis.source) allows: later ones are missing, or the source had none"
            finding.cause = basis.fault
        }
        return finding
    }
}
