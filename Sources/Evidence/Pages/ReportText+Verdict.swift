import Findings

extension ReportText {
    /// The first line of a report: the verdict, its cause in words, and what matters of the checks in numbers. Ends in a
    /// newline.
    /// - Parameter checks: empty where only the verdict is wanted.
    package static func verdict(_ verdict: Verdict, _ cause: Cause?, checks: [Finding] = []) -> ShownText {
        let counts = counts(of: checks, passed: verdict == .passed)
        switch (verdict, cause) {
        case (.passed, _):
            let hazards = checks.count { $0.hazard == true }
            let with = hazards == 0 ? "" : ", with \(counted(hazards, "hazard")) of the source"
            return ShownText(.good, "PASSED\(with)\(counts)") + "\n"
        case (.failed, .expectation):
            return ShownText(.bad, "FAILED: what came back is not what the plan expects.\(counts)") + "\n"
        case (.failed, .objective):
            return ShownText(.bad, "FAILED: an objective was missed. Nothing wrong was found in the backup.\(counts)")
                + "\n"
        case (.failed, _):
            return ShownText(.bad, "FAILED: the backup is bad. Do not rely on it.\(counts)") + "\n"
        case (.inconclusive, .interrupted):
            return ShownText(.unsure, "INTERRUPTED: the drill was stopped before it had a result.") + "\n"
        case (.inconclusive, _):
            let line: ShownText =
                "INCONCLUSIVE: a problem on this machine prevented a result. The backup may be good or bad.\(counts)"
            return ShownText(.unsure, line) + "\n"
        }
    }

    /// `: all 258 checks that apply succeeded. The plan skips 1 check.`, or ` Of 258 checks: 3 failed.`. What does not apply, or
    /// is not configured, is no flaw, and is not counted.
    private static func counts(of checks: [Finding], passed: Bool) -> String {
        let asked = checks.count { $0.status != .notRun }
        if asked == 0 { return passed ? ": all checks that apply succeeded." : "" }
        let numbers: [(count: Int, word: String)] = [
            (checks.count { $0.status == .failed }, "failed"),
            (checks.count { $0.status == .inconclusive }, "inconclusive"),
        ]
        let told = numbers.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        let stopped = checks.count { $0.gap == .stopped }
        if stopped > 0, !passed {
            return " The drill stopped early: \(counted(stopped, "check")) \(stopped == 1 ? "was" : "were") not asked."
        }
        let results =
            passed
            ? ": \(asked == 1 ? "the only check that applies" : "all \(asked) checks that apply") succeeded."
            : " Of \(counted(asked, "check")): \(told)."
        return results + left(.skipped, "The plan skips", of: checks)
            + left(.lacking, "This machine cannot ask", of: checks)
    }

    private static func left(_ gap: Gap, _ words: String, of checks: [Finding]) -> String {
        let count = checks.count { $0.gap == gap }
        return count == 0 ? "" : " \(words) \(counted(count, "check"))."
    }
}
