import Findings
import PlanFile
import PlanKeys
import Postgres

extension CheckID {
    package static let queries = CheckID("queries")
}

/// Does the database answer the application's own queries in time, by the indexes made for them?
struct QueriesCheck: Check {
    static let description = CheckDescription(
        id: .queries,
        asks: "Do the application's own queries answer in time, and use the indexes made for them?",
        covers: """
            Each query of the plan, planned with statistics (gathered where the restored database has none) and run in a transaction that can only read: once to warm \
            up, then three times, of which the median counts, planning included. Whether the planner uses the indexes that \
            the plan names; where it rather reads small tables whole, whether it can. An index of a partitioned table is \
            used when one of its partitions' is.
            """,
        doesNotCover: "How long the answer takes on its way to the application, and how other queries fare beside it.",
        notRun: "the plan names no queries of the application (\(PlanKey.checksQueries))",
        example: """
            fields-of-a-farmer:
              query: SELECT id, name FROM fields WHERE farmer_id = 42
              within: 50ms
              uses: fields_farmer_id_idx
            """,
        needsPlan: true)

    static func demands(of node: PlanNode) throws(PlanError) -> [QueryExpectation]? {
        var queries: [QueryExpectation] = []
        for (key, value) in try node.named() { queries.append(try QueryExpectation(key, value)) }
        return queries
    }

    /// Gathers the statistics that a restored database lacks, which takes longer than the queries: early, beside others.
    /// Probes without findings; whatever is wrong with a query is found when it is asked itself.
    func probes(in context: CheckContext) async throws -> [Probe] {
        let bytes = context.catalogue.tables.reduce(0) { $0 + $1.bytes }
        return context.expectations.of(Self.self).oneByOne().map { expectation in
            let (basis, name, query) = (expectation.basis, expectation.demand.name, expectation.demand.query)
            return Probe(
                name, key: [name, basis.rawValue], needs: .everything, bytes: bytes, basis: basis,
                expected: Self.anAnswer
            ) { session in
                do {
                    try await HotQuery(sql: query, session: session).analyzeTables()
                } catch is WrittenQuery.Mistake {
                    return []
                }
                return []
            }
        }
    }

    private static let anAnswer = "an answer"

    /// Here and not in probes, one after another: beside other questions they would take longer than they do.
    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        var findings: [Finding] = []
        for expectation in context.expectations.of(Self.self).oneByOne() {
            findings += try await context.connections.with { connection in
                try await self.findings(
                    about: expectation, in: context,
                    over: Session(connection: connection, deadline: context.deadline))
            }
        }
        return findings
    }

    private func findings(
        about based: Based<QueryExpectation>, in context: CheckContext, over session: Session
    ) async throws -> [Finding] {
        let (basis, expectation) = (based.basis, based.demand)
        do {
            let query = HotQuery(sql: expectation.query, session: session)
            try await query.analyzeTables()
            return try await indexes(expectation, basis, query, in: context) + time(expectation, basis, query)
        } catch let mistake as WrittenQuery.Mistake {
            return [mistake.finding(of: Self.id, expectation.name, basis: basis, expected: Self.anAnswer, in: context)]
        } catch let error as PostgresError {
            return [
                Finding(
                    inconclusive: Self.id, subject: expectation.name, basis: basis, expected: Self.anAnswer,
                    because: error)
            ]
        }
    }

    // MARK: Indexes

    /// A planner rightly reads a table of fewer bytes whole: 1000 pages.
    private static let small: Int64 = 1000 * 8192

    private func indexes(
        _ expectation: QueryExpectation, _ basis: Basis, _ query: HotQuery, in context: CheckContext
    ) async throws -> [Finding] {
        guard !expectation.uses.isEmpty else { return [] }
        let plan = try await query.plan()
        var findings: [Finding] = []
        for index in expectation.uses {
            let indexes = try await query.indexAndPartitions(index)
            let names = Set(indexes.map(\.index))
            var finding = Finding(
                id: Self.id, subject: expectation.name, status: .passed, basis: basis, expected: "uses \(index)",
                observed: "used")
            if names.isEmpty {
                finding = Finding(
                    absent: expectation.name, id: Self.id, basis: basis, expected: "uses \(index)",
                    observed: "no such index",
                    reason:
                        "\(basis.source) names this index, and the restored database has none by that name\(basis.ifWritten("; see whether the plan spells it right"))",
                    in: context)
            } else if plan.indexes.isDisjoint(with: names) {
                let couldUse = try await !query.plan(allowsReadingWhole: false).indexes.isDisjoint(with: names)
                // Those of the index's own tables: another of the query may rightly be read whole, however large.
                let bytes = indexes.filter { plan.tablesReadWhole.contains($0.table) }.reduce(0) { $0 + $1.bytes }
                if couldUse && bytes < Self.small {
                    finding.observed = "could be used"
                    finding.reason = "the tables are small, so the planner reads them whole; it can use the index"
                } else {
                    finding.status = .failed
                    finding.observed = "not used"
                    finding.reason =
                        couldUse
                        ? "the index is there, and the planner does not use it although the tables are large"
                        : "the index is there, and the planner does not use it even where it may not read tables whole"
                    finding.cause = .objective
                }
            }
            findings.append(finding)
        }
        return findings
    }

    // MARK: Time

    private func time(_ expectation: QueryExpectation, _ basis: Basis, _ query: HotQuery) async throws -> [Finding] {
        guard let within = expectation.within else { return [] }
        let expected = "within \(HumanText.text(within))"
        func tooSlow(_ observed: String) -> [Finding] {
            [Finding(tooSlow: Self.id, subject: expectation.name, basis: basis, expected: expected, observed: observed)]
        }
        do {
            let time = try await query.time()
            if time > within / .milliseconds(1) { return tooSlow(milliseconds(time)) }
            return [
                Finding(
                    id: Self.id, subject: expectation.name, status: .passed, basis: basis, expected: expected,
                    observed: milliseconds(time))
            ]
        } catch PostgresError.deadlineExceeded where within <= query.session.deadline {
            return tooSlow("stopped after \(HumanText.text(query.session.deadline))")
        }
    }
}
