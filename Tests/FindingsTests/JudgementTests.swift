import Findings
import Testing

/// The rules by which findings become a verdict, one row each.
struct JudgementTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var why: String
        var findings: [Finding]
        var interrupted = false
        var verdict: Verdict
        var cause: Cause?

        var testDescription: String { why }
    }

    @Test(arguments: [
        Row(why: "everything passed", findings: [.passed, .passed], verdict: .passed),
        Row(why: "not run takes nothing away", findings: [.passed, .notRun], verdict: .passed),

        Row(why: "no check at all", findings: [], verdict: .inconclusive, cause: .environment),
        Row(why: "nothing but not run", findings: [.notRun], verdict: .inconclusive, cause: .environment),
        Row(
            why: "one could not tell among many passed", findings: [.passed, .inconclusive(.environment), .passed],
            verdict: .inconclusive, cause: .environment),
        Row(
            why: "could not tell without a cause", findings: [.passed, .inconclusive(nil)], verdict: .inconclusive,
            cause: .environment),
        Row(
            why: "could not tell because of the backup is still not known to be bad",
            findings: [.passed, .inconclusive(.backup)], verdict: .inconclusive, cause: .environment),

        Row(why: "one failed", findings: [.passed, .failed(.backup)], verdict: .failed, cause: .backup),
        Row(why: "failed without a cause is the backup's", findings: [.failed(nil)], verdict: .failed, cause: .backup),
        Row(
            why: "a bad backup outweighs a missed objective", findings: [.failed(.objective), .failed(.backup)],
            verdict: .failed, cause: .backup),
        Row(
            why: "a bad backup outweighs what could not be told",
            findings: [.inconclusive(.environment), .failed(.backup)], verdict: .failed, cause: .backup),
        Row(
            why: "a bad backup outweighs the interruption", findings: [.failed(.backup)], interrupted: true,
            verdict: .failed, cause: .backup),
        Row(
            why: "a bad backup outweighs a bad machine", findings: [.failed(.environment), .failed(.backup)],
            verdict: .failed, cause: .backup),

        Row(
            why: "a missed objective fails a good backup", findings: [.passed, .failed(.objective)], verdict: .failed,
            cause: .objective),
        Row(
            why: "a missed objective outweighs what could not be told",
            findings: [.inconclusive(.environment), .failed(.objective)], verdict: .failed, cause: .objective),
        Row(
            why: "a missed objective outweighs a bad machine", findings: [.failed(.environment), .failed(.objective)],
            verdict: .failed, cause: .objective),

        Row(
            why: "a failure of the machine is no failure of the backup", findings: [.passed, .failed(.environment)],
            verdict: .inconclusive, cause: .environment),

        Row(
            why: "interrupted before any check", findings: [], interrupted: true, verdict: .inconclusive,
            cause: .interrupted),
        Row(
            why: "interrupted although all passed so far", findings: [.passed], interrupted: true,
            verdict: .inconclusive, cause: .interrupted),
        Row(
            why: "an objective cannot be judged in a drill that was stopped", findings: [.failed(.objective)],
            interrupted: true, verdict: .inconclusive, cause: .interrupted),
        Row(
            why: "a check that was stopped", findings: [.passed, .failed(.interrupted)], verdict: .inconclusive,
            cause: .interrupted),
    ])
    func judges(_ row: Row) {
        let expected = Judgement(verdict: row.verdict, cause: row.cause)
        #expect(Judgement(row.findings, interrupted: row.interrupted) == expected)
        #expect(Judgement(row.findings.reversed(), interrupted: row.interrupted) == expected, "order decides nothing")
    }

    @Test("A cause is absent exactly when the verdict is passed, whatever the findings")
    func causeIsAbsentOnlyWhenPassed() {
        let all = CheckStatus.allCases.flatMap { status in
            ([nil] + Cause.allCases.map(Optional.some)).map { finding(status, $0) }
        }
        for first in all {
            for second in all {
                for interrupted in [false, true] {
                    let judgement = Judgement([first, second], interrupted: interrupted)
                    #expect((judgement.cause == nil) == (judgement.verdict == .passed))
                    let bad = [first, second].contains { $0.status == .failed || $0.status == .inconclusive }
                    #expect(!(bad && judgement.verdict == .passed), "\(first) and \(second) passed")
                }
            }
        }
    }
}

private func finding(_ status: CheckStatus, _ cause: Cause? = nil) -> Finding {
    Finding(
        id: CheckID("row-counts"), subject: "public.farmers", status: status,
        reason: status == .passed ? nil : "because",
        cause: cause)
}

extension Finding {
    fileprivate static var passed: Finding { finding(.passed) }
    fileprivate static var notRun: Finding { finding(.notRun) }
    fileprivate static func failed(_ cause: Cause?) -> Finding { finding(.failed, cause) }
    fileprivate static func inconclusive(_ cause: Cause?) -> Finding { finding(.inconclusive, cause) }
}
