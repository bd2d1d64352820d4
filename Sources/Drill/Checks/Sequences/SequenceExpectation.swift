import Findings
import Postgres

/// How far a sequence should have come, independent of what its columns hold.
package struct SequenceExpectation: Sendable {
    /// It has given this key, or one farther in the direction in which it counts.
    package let reached: Int64

    package init(reached: Int64) { self.reached = reached }

    /// One finding for each expectation of a sequence; empty where nothing is expected of any.
    static func findings(in context: CheckContext) async throws -> [Finding] {
        let expectations = context.expectations.of(SequencesCheck.self)
        let names = expectations.names().sorted()
        guard !names.isEmpty else { return [] }
        let states = Dictionary(
            try await context.query(Self.states).map {
                (TableName(schema: try $0.need("schema"), name: try $0.need("name")), try State($0))
            }, uniquingKeysWith: { $1 })
        return names.flatMap { name in
            expectations.on(name).map { finding(about: name, $0, states[name], in: context) }
        }
    }

    /// `last` is NULL where no key has been given yet.
    private static let states = """
        SELECT schemaname::text AS schema, sequencename::text AS name, increment_by AS increment, last_value AS last
        FROM pg_catalog.pg_sequences
        """

    private struct State {
        let increment: Int64
        let last: Int64?

        init(_ row: Row) throws {
            increment = try row.need("increment")
            last = try row.get("last")
        }

        func hasReached(_ key: Int64) -> Bool { last.map { increment > 0 ? $0 >= key : $0 <= key } ?? false }
    }

    private static func finding(
        about name: TableName, _ expectation: Based<SequenceExpectation>, _ state: State?, in context: CheckContext
    ) -> Finding {
        let expected = "has reached \(expectation.demand.reached)"
        guard let state else {
            return Finding(
                absent: name.description, id: SequencesCheck.id, basis: expectation.basis, expected: expected,
                observed: "no such sequence",
                reason: "\(expectation.basis.source) names this sequence, and the restored database does not have it",
                in: context)
        }
        var finding = Finding(
            id: SequencesCheck.id, subject: name.description, status: .passed, basis: expectation.basis,
            expected: expected, observed: state.last.map { "has reached \($0)" } ?? "has given no key")
        if !state.hasReached(expectation.demand.reached) {
            finding.status = .failed
            finding.reason = "it has not come as far as \(expectation.basis.source) says: it gives keys a second time"
            finding.cause = .backup
        }
        return finding
    }
}
