import Findings
import Testing

@testable import Evidence
@testable import Report

/// A statement that tells its readers different things is never written, and never accepted.
struct ContradictionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var message: String
        var change: @Sendable (inout Statement) -> Void

        var testDescription: String { message }
    }

    static let rows = [
        Row(message: "`predicate.result` is FAILED and `predicate.drill.verdict` is passed") {
            $0.predicate.result = .failed
        },
        Row(message: "`predicate.result` is PASSED and `predicate.drill.verdict` is failed") {
            $0.predicate.drill.verdict = .failed
            $0.predicate.drill.cause = .backup
        },
        Row(message: "`predicate.passedTests` does not list what `predicate.drill.checks` says") {
            $0.predicate.passedTests.removeLast()
        },
        Row(message: "`predicate.failedTests` does not list what `predicate.drill.checks` says") {
            $0.predicate.failedTests = ["row-counts: public.farmers"]
        },
        Row(message: "`predicate.warnedTests` does not list what `predicate.drill.checks` says") {
            $0.predicate.warnedTests = ["row-counts: public.farmers"]
        },
        Row(message: "`subject` is not the backup of `predicate.drill.backup`") {
            $0.subject[0].digest = ["sha256": String(repeating: "00", count: 32)]
        },
        Row(message: "`subject` is not the backup of `predicate.drill.backup`") { $0.subject[0].name = "other.dump" },
        Row(message: "`subject` is not the backup of `predicate.drill.backup`") { $0.subject.append($0.subject[0]) },
        Row(message: "`subject` names nothing by digest") { $0.subject = [] },
        Row(message: "`subject` names nothing by digest") { $0.subject[0].digest = nil },
        Row(message: "the verdict is passed and the cause is backup") { $0.predicate.drill.cause = .backup },
        Row(message: "the verdict is inconclusive and the cause is absent") {
            $0 = changed($0.report) { $0.verdict = .inconclusive }
        },
        Row(message: "the verdict is passed and a check is failed") {
            $0 = changed($0.report) { $0.checks.append(.sample(.failed, cause: .backup)) }
        },
        Row(message: "the verdict is passed and a check is inconclusive") {
            $0 = changed($0.report) { $0.checks.append(.sample(.inconclusive)) }
        },
        Row(message: "the verdict is passed and no check is") { $0 = changed($0.report) { $0.checks = [] } },
        Row(message: "the verdict is passed and no check is") {
            $0 = changed($0.report) { $0.checks = [.sample(.notRun)] }
        },
        Row(message: "the verdict is passed and the backup has no digest") {
            $0 = changed($0.report) { $0.backup.digest = [:] }
        },
        Row(message: "the verdict is passed and objective backupAge is missed") {
            $0 = changed($0.report) {
                $0.objectives.backupAge = Report.Objective(target: 1, measured: 2, met: false)
            }
        },
        Row(message: "objective recoveryTime is not met by its own numbers") {
            $0 = changed($0.report) { $0.objectives.recoveryTime?.measured = 1801 }
        },
        Row(message: "objective recoveryPoint is not met by its own numbers") {
            $0 = changed($0.report) { $0.objectives.recoveryPoint?.measured = nil }
        },
    ]

    /// The statement of a changed report: it agrees with the report, which does not agree with itself.
    private static func changed(_ report: Report, _ change: (inout Report) -> Void) -> Statement {
        var report = report
        change(&report)
        return Statement(report: report, configuration: [samplePlan])
    }

    @Test func theSampleHasNone() {
        #expect(Statement(report: .sample(), configuration: [samplePlan]).contradictions() == [])
    }

    @Test(arguments: rows) func isNotWritten(_ row: Row) {
        var statement = Statement(report: .sample(), configuration: [samplePlan])
        row.change(&statement)
        #expect(statement.contradictions().contains(row.message))
        #expect(throws: StatementError.contradictory(statement.contradictions())) { try statement.encoded() }
    }

    @Test("Well signed all the same, it is not accepted", arguments: rows) func isNotAccepted(_ row: Row) async throws {
        var statement = Statement(report: .sample(), configuration: [samplePlan])
        row.change(&statement)
        let key = SigningKey.generate()
        let envelope = try await Envelope(statement: StatementJSON.encode(statement), signer: key)
        #expect(throws: VerificationError.Problem.contradictory(statement.contradictions())) {
            try Statement(verifying: OpenEnvelope(try envelope.encoded()), key.publicKey)
        }
    }
}
