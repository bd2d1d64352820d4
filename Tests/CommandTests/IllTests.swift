import Findings
import Testing

/// Damage that a restore does not mind, or minds and goes on: the right check names it, with what it expected and found.
@Suite struct IllTests {
    @Test(arguments: Ill.all)
    func isFound(_ ill: Ill) async throws {
        try await withDesk { desk in
            let plan = try desk.plan(try await Dumps.named(ill.dump), "checks: \(ill.checks)")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.verdict == .failed)
            // What only the plan expects does not speak against the backup.
            let cause: Cause = ill.basis == .plan ? .expectation : .backup
            #expect(drilled.report.cause == cause)
            let finding = try #require(
                drilled.report.checks.first {
                    $0.id == ill.id && $0.subject == ill.subject && $0.expected == ill.expected && $0.status == .failed
                }, "\(drilled.complaints)")
            #expect(finding.cause == cause)
            #expect(finding.basis == ill.basis)
            #expect(finding.observed?.contains(ill.observed) == true, "\(finding.observed ?? "nothing")")
            #expect(finding.reason?.isEmpty == false)
            // Nothing else on this machine is to blame.
            #expect(drilled.report.checks.filter { $0.cause == .environment } == [], "\(drilled.complaints)")
            // The summary leads with it.
            #expect(
                drilled.outcome.output.hasPrefix(
                    cause == .backup
                        ? "FAILED: the backup is bad." : "FAILED: what came back is not what the plan expects."))
            #expect(drilled.outcome.output.contains(ill.subject))
            // Reports hold no row values.
            for words in ["grower 1", "a secret", "(id)=(1)"] { #expect(!drilled.outcome.output.contains(words)) }
        }
    }
}
