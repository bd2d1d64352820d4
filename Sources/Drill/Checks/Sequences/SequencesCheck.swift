import Findings
import PlanFile
import Postgres

extension CheckID {
    package static let sequences = CheckID("sequences")
}

/// Does every sequence go on where its column ends?
struct SequencesCheck: Check {
    static let description = CheckDescription(
        id: .sequences,
        asks: "Is any sequence behind the column that it gives keys to?",
        covers: """
            Every sequence of a serial or identity column, of a column that owns it, or of one whose default takes from \
            it: its next key against the farthest key of all those columns, with their partitions. Counting up or down, in \
            any steps, in columns of smallint, integer, bigint, numeric and their domains. A sequence behind its column is a \
            hazard of the source where a unique index makes keys collide: soon, or because most rows lie ahead of the \
            sequence. It fails where the plan says behind: fail. A few rows far ahead, as placeholders are, are told. Where \
            the backup says how each sequence stood, whether it stands there again.
            """,
        doesNotCover: """
            Sequences that only the application or a trigger asks for keys, those that begin again at their end, and \
            defaults that compute with the key or make text of it.
            """,
        notRun: "no sequence belongs to a column of whole numbers",
        example: """
            behind: fail
            """)

    typealias Demands = SequencesExpectation

    static let keys = ["behind"]

    static func demands(of node: PlanNode) throws(PlanError) -> SequencesExpectation? {
        try node.mapping(allowed: keys)["behind"].map { rule throws(PlanError) in
            SequencesExpectation(behind: try rule.choice(HazardRule.self))
        }
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        ([table.oid] + table.ancestors).flatMap(context.catalogue.sequenceColumns(of:)).map { sequence, column in
            sequence.farthest(in: column)
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        try await behindColumns(in: context, answers) + SequenceExpectation.findings(in: context)
    }

    // MARK: Behind the columns

    private func behindColumns(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let sequences = context.catalogue.sequences
        guard !sequences.isEmpty else { return [] }
        let plainDefaults = Set(
            try await context.query(Self.plainDefaults).map { try $0.need(at: 0, as: Int64.self) })
        let states = try await context.query(each: sequences.map(\.readState))
        var findings: [Finding] = []
        for (sequence, rows) in zip(sequences, states) {
            do {
                let state = try SequenceState(rows.get())
                findings.append(
                    try await finding(about: sequence, state, plainDefaults, in: context, answers))
            } catch let error as PostgresError {
                findings.append(
                    Finding(
                        inconclusive: Self.id, subject: sequence.name.description, basis: .rule,
                        expected: Self.expected, because: error))
            }
        }
        return findings
    }

    private static let expected = "not behind"

    /// Defaults that are a sequence's next key and nothing else, but for a cast to the column's type.
    private static let plainDefaults = """
        SELECT oid::int8 FROM pg_catalog.pg_attrdef
        WHERE pg_catalog.pg_get_expr(adbin, adrelid)
            ~ '^\\(*nextval\\(E?''([^'']|'''')*''::regclass\\)\\)*(::(smallint|integer|bigint|numeric(\\([0-9,]+\\))?))?$'
        """

    // MARK: One sequence

    private func finding(
        about sequence: KeySequence, _ state: SequenceState, _ plainDefaults: Set<Int64>, in context: CheckContext,
        _ answers: ScanAnswers
    ) async throws -> Finding {
        var finding = Finding(
            id: Self.id, subject: sequence.name.description, status: .passed, basis: .rule, expected: Self.expected)
        let columns = sequence.columns.filter { $0.defaultID.map(plainDefaults.contains) ?? true }
        guard !sequence.cycles, !columns.isEmpty else {
            finding.status = .notRun
            finding.reason =
                sequence.cycles
                ? "it begins again at its end (CYCLE): it may rightly give keys that rows have already"
                : "the column's default computes with its keys, so they cannot be compared"
            return finding
        }
        let next = state.next(of: sequence)
        var lags: [Lag] = []
        for column in columns {
            if let lag = try await lag(of: sequence, behind: column, from: next, in: context, answers) {
                lags.append(lag)
            }
        }
        // What breaks something goes before what does not, however far that is behind.
        let worst = lags.max { ($0.breaksKeys ? 1 : 0, $0.keys) < ($1.breaksKeys ? 1 : 0, $1.keys) }
        finding.observed = worst.map { "behind by \($0.keys)" } ?? Self.expected
        if let worst, worst.breaksKeys {
            let rule = context.expectations.of(Self.self).compactMap { based in
                based.demand.behind.map { Based(based.basis, $0) }
            }.first
            return Finding(
                hazard: sequence.name.description, id: Self.id, expected: Self.expected,
                observed: "behind by \(worst.keys)",
                reason:
                    "it will give keys that \(worst.label) has already, so adding rows fails: set it to the highest key with setval",
                rule: rule)
        } else if let worst {
            finding.reason =
                worst.column.isOwnerOnly
                ? "\(worst.label) only owns it: its default takes no keys of it"
                : worst.column.isUnique
                    ? "a few rows of \(worst.label) are far ahead of it, put there by hand perhaps"
                    : "\(worst.label) has no unique index on it: a key that is there already does no harm"
        } else if !columns.contains(where: { next.map(sequence.range(for: $0).contains) ?? false }) {
            finding.reason = "it is used up, here as at the source: it has no further key to give"
        }
        return finding
    }

    /// How far a sequence is behind a column.
    private struct Lag {
        let keys: UInt64
        let column: SequenceColumn
        /// The column, for people.
        let label: String
        /// Adding rows fails soon, or the sequence is not where the rows were when the backup was taken.
        let breaksKeys: Bool
    }

    /// - Parameter next: the key that the sequence gives next; nil where it has none.
    /// - Returns: nil where it is not behind.
    private func lag(
        of sequence: KeySequence, behind column: SequenceColumn, from next: Int64?, in context: CheckContext,
        _ answers: ScanAnswers
    ) async throws -> Lag? {
        guard let next, let table = context.catalogue.table(column.table) else { return nil }
        func isTaken(_ key: Int64) -> Bool { sequence.isAscending ? key >= next : key <= next }
        var farthest: Int64?
        for leaf in context.catalogue.leaves(of: table) {
            guard let key = try answers.number(sequence.farthest(in: column), of: leaf) else { continue }
            farthest = farthest.map { sequence.isAscending ? max($0, key) : min($0, key) } ?? key
        }
        guard let key = farthest, isTaken(key) else { return nil }
        if sequence.increment.magnitude > 1 {
            let query = sequence.farthest(in: column, of: table, from: next)
            farthest = try await context.query(query)[0].get(at: 0)
        }
        guard let key = farthest, isTaken(key) else { return nil }
        // As unsigned numbers, since the ends of Int64 are farther apart than it reaches.
        let distance = sequence.isAscending ? key &- next : next &- key
        var breaksKeys = false
        if column.isUnique && !column.isOwnerOnly {
            let row = try await context.query(sequence.ahead(in: column, of: table, from: next))[0]
            let (soon, ahead, rows) = (
                try row.need("soon", as: Int64.self), try row.need("ahead", as: Int64.self),
                try row.need("rows", as: Int64.self)
            )
            breaksKeys = soon > 0 || ahead * 2 > rows
        }
        return Lag(
            keys: UInt64(bitPattern: distance) / sequence.increment.magnitude + 1, column: column,
            label: "\(table.name).\(column.name)", breaksKeys: breaksKeys)
    }
}
