import Findings
import PlanFile
import PlanKeys
import Postgres

extension CheckID {
    package static let sql = CheckID("sql")
}

/// Do the plan's own queries answer what the plan says?
struct SQLCheck: Check {
    static let description = CheckDescription(
        id: .sql,
        asks: "Do the plan's own queries answer what the plan says?",
        covers: """
            Each query runs by itself in a transaction that can only read, with the search path "$user", public. Its single \
            value, the number of its rows, and how long it took (without parallel workers) are held against the plan. \
            The report tells a value only where it is a number whose column is called count, as count(*) calls it.
            """,
        doesNotCover: "What no query asks.",
        notRun: "the plan has no queries of its own (\(PlanKey.checksSql))",
        example: """
            every-field-has-an-area:
              query: SELECT count(*) FROM fields WHERE area_hectares IS NULL
              equals: 0
            no-migration-runs:
              query: SELECT FROM migration_log WHERE status = 'running'
              rows: { maximum: 0 }
              within: 5s
            """,
        needsPlan: true)

    static func demands(of node: PlanNode) throws(PlanError) -> [SQLExpectation]? {
        var queries: [SQLExpectation] = []
        for (key, value) in try node.named() { queries.append(try SQLExpectation(key, value)) }
        return queries
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        context.expectations.of(Self.self).oneByOne().map { expectation in
            let (basis, name) = (expectation.basis, expectation.demand.name)
            return Probe(
                name, key: [name, basis.rawValue], needs: .everything, basis: basis, expected: expectation.demand.words
            ) {
                [try await finding(about: expectation, in: context, over: $0)]
            }
        }
    }

    private func finding(
        about based: Based<SQLExpectation>, in context: CheckContext, over session: Session
    ) async throws -> Finding {
        let (basis, expectation) = (based.basis, based.demand)
        let (name, expected) = (expectation.name, expectation.words)
        var finding = Finding(id: Self.id, subject: name, status: .passed, basis: basis, expected: expected)
        let start = ContinuousClock.now
        let answer: SQLAnswer
        do {
            answer = try await WrittenQuery.ask(over: session) { session in
                _ = try await session.query("DECLARE answer NO SCROLL CURSOR FOR \(expectation.query)")
                return try await SQLAnswer(to: expectation, over: session)
            }
        } catch let mistake as WrittenQuery.Mistake {
            return mistake.finding(
                of: Self.id, name, basis: basis, expected: expected, isOfCommand: expectation.isOfCommand, in: context)
        } catch PostgresError.deadlineExceeded where expectation.within.map({ $0 <= session.deadline }) ?? false {
            return Finding(
                tooSlow: Self.id, subject: name, basis: basis, expected: expected,
                observed: "stopped after \(HumanText.text(session.deadline))")
        }
        let time = ContinuousClock.now - start
        finding.observed = answer.observed
        guard answer.isExpected else {
            finding.status = .failed
            finding.reason = "the restored rows do not answer this query as \(basis.source) says"
            finding.cause = basis.fault
            return finding
        }
        guard let within = expectation.within else { return finding }
        let observed = "\(answer.observed), after \(milliseconds(time / .milliseconds(1)))"
        finding.observed = observed
        return time > within
            ? Finding(tooSlow: Self.id, subject: name, basis: basis, expected: expected, observed: observed)
            : finding
    }
}
