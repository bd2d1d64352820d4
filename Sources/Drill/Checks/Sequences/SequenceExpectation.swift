import Findings
import Postgres

/// What is expected of sequences.
package struct SequencesExpectation: Sendable {
    /// What is said about sequences that are behind their columns; nil where nothing is said.
    package var behind: HazardRule?
    package var states: [TableName: SequenceExpectation]

    package init(behind: HazardRule? = nil, states: [TableName: SequenceExpectation] = [:]) {
        self.behind = behind
        self.states = states
    }
}

/// Where a sequence should stand, as `setval` puts it, independent of what its columns hold.
package struct SequenceExpectation: Sendable, Equatable {
    package let last: Int64
    /// `last` has been given already; if not, it is the next key.
    package let isCalled: Bool
    /// It may also stand here, or anywhere between: it moved while the backup was taken. Nil if it stood still.
    package let until: Place?

    package struct Place: Sendable, Equatable {
        package let last: Int64
        package let isCalled: Bool

        package init(last: Int64, isCalled: Bool) {
            self.last = last
            self.isCalled = isCalled
        }

        fileprivate var words: String { isCalled ? "has given \(last)" : "gives \(last) next" }
    }

    package init(last: Int64, isCalled: Bool, until: Place? = nil) {
        self.last = last
        self.isCalled = isCalled
        self.until = until == Place(last: last, isCalled: isCalled) ? nil : until
    }

    private var place: Place { Place(last: last, isCalled: isCalled) }

    fileprivate var words: String {
        until.map { "between \(place.words) and \($0.words)" } ?? place.words
    }

    /// Whichever way it counts.
    fileprivate func allows(_ other: SequenceExpectation) -> Bool {
        guard let until else { return other == self }
        return (min(last, until.last)...max(last, until.last)).contains(other.last)
    }
}

extension SequenceExpectation {
    /// One finding for each expectation of a sequence; empty where nothing is expected of any.
    static func findings(in context: CheckContext) async throws -> [Finding] {
        let expectations = context.expectations.of(SequencesCheck.self).map { Based($0.basis, $0.demand.states) }
        let names = expectations.names().sorted()
        guard !names.isEmpty else { return [] }
        let present = Set(
            try await context.query(all).map {
                TableName(schema: try $0.need("schema"), name: try $0.need("name"))
            })
        let there = names.filter(present.contains)
        let states = Dictionary(
            uniqueKeysWithValues: zip(there, try await context.query(each: there.map(SequenceState.query))))
        return names.flatMap { name in
            expectations.on(name).map { finding(about: name, $0, states[name], in: context) }
        }
    }

    private static let all = """
        SELECT n.nspname::text AS schema, c.relname::text AS name
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S'
        """

    private static func finding(
        about name: TableName, _ expectation: Based<SequenceExpectation>, _ rows: Result<[Row], PostgresError>?,
        in context: CheckContext
    ) -> Finding {
        let (basis, demand) = (expectation.basis, expectation.demand)
        func absent(_ observed: String, _ reason: String) -> Finding {
            Finding(
                absent: name.description, id: SequencesCheck.id, basis: basis, expected: demand.words,
                observed: observed, reason: reason, in: context)
        }
        guard let rows else {
            return absent(
                "no such sequence", "\(basis.source) names this sequence, and the restored database does not have it")
        }
        do throws(PostgresError) {
            let state = try SequenceState(rows.get())
            let observed = SequenceExpectation(last: state.last, isCalled: state.isCalled)
            guard demand.allows(observed) else {
                return absent(
                    observed.words, "it does not stand where \(basis.source) says: keys are given twice, or left out")
            }
            return Finding(
                id: SequencesCheck.id, subject: name.description, status: .passed, basis: basis,
                expected: demand.words, observed: observed.words)
        } catch {
            return Finding(
                inconclusive: SequencesCheck.id, subject: name.description, basis: basis, expected: demand.words,
                because: error)
        }
    }
}

/// Where a sequence stands.
struct SequenceState {
    let last: Int64
    /// `last` has been given already.
    let isCalled: Bool

    /// The query whose answer it is.
    static func query(_ name: TableName) -> String {
        "SELECT last_value, is_called FROM \(quoteIdentifier(name.schema)).\(quoteIdentifier(name.name))"
    }

    init(_ rows: [Row]) throws(PostgresError) {
        guard let row = rows.first else { throw PostgresError.unexpectedAnswer("a sequence has no row") }
        last = try row.need("last_value")
        isCalled = try row.need("is_called")
    }

    /// The key that it gives next; nil at its end.
    func next(of sequence: KeySequence) -> Int64? {
        guard isCalled else { return last }
        let (next, overflow) = last.addingReportingOverflow(sequence.increment)
        return overflow || !sequence.range.contains(next) ? nil : next
    }
}
