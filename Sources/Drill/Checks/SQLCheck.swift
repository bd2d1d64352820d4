import Findings
import PlanKeys
import Postgres

/// Do the plan's own queries answer what the plan says?
struct SQLCheck: Check {
    static let description = CheckDescription(
        id: "sql",
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
            """)

    let expectations: [SQLExpectation]

    func probes(in context: CheckContext) async throws -> [Probe] {
        expectations.map { expectation in
            Probe(expectation.name, needs: .everything, basis: .plan, expected: expectation.words) {
                [try await finding(about: expectation, in: context, over: $0)]
            }
        }
    }

    private func finding(
        about expectation: SQLExpectation, in context: CheckContext, over session: Session
    ) async throws -> Finding {
        var finding = Finding(
            id: Self.id, subject: expectation.name, status: .passed, basis: .plan, expected: expectation.words)
        let start = ContinuousClock.now
        let answer: SQLAnswer
        do {
            answer = try await QueryOfThePlan.ask(over: session) { session in
                _ = try await session.query("DECLARE answer NO SCROLL CURSOR FOR \(expectation.query)")
                return try await SQLAnswer(to: expectation, over: session)
            }
        } catch let mistake as QueryOfThePlan.Mistake {
            return mistake.finding(of: Self.id, expectation.name, expected: expectation.words, in: context)
        } catch PostgresError.deadlineExceeded where expectation.within.map({ $0 <= session.deadline }) ?? false {
            return Finding(
                tooSlow: Self.id, subject: expectation.name, expected: expectation.words,
                observed: "stopped after \(limitText(session.deadline))")
        }
        let time = ContinuousClock.now - start
        finding.observed = answer.observed
        guard answer.isExpected else {
            finding.status = .failed
            finding.reason = "the restored rows do not answer this query as the plan says"
            finding.cause = .backup
            return finding
        }
        guard let within = expectation.within else { return finding }
        let observed = "\(answer.observed), after \(milliseconds(time / .milliseconds(1)))"
        finding.observed = observed
        return time > within
            ? Finding(tooSlow: Self.id, subject: expectation.name, expected: expectation.words, observed: observed)
            : finding
    }
}
