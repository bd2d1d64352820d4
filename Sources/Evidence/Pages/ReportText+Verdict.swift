import Findings

/// The first words of a report: the verdict, its cause in a sentence, and what matters of the checks in numbers.
struct VerdictWords {
    let look: TextStyle.Look
    /// `PASSED`.
    let word: String
    /// What the word is limited by: `, with 2 hazards of the source`; mostly empty.
    var limit = ""
    /// `the backup is bad. Do not rely on it. Of 4 checks: 1 failed.`
    let sentence: String

    /// - Parameter checks: empty where only the verdict is wanted.
    init(_ verdict: Verdict, _ cause: Cause?, checks: [Finding] = []) {
        let counts = Self.counts(of: checks, passed: verdict == .passed)
        switch (verdict, cause) {
        case (.passed, _):
            let hazards = checks.count { $0.hazard == true }
            limit = hazards == 0 ? "" : ", with \(counted(hazards, "hazard")) of the source"
            (look, word, sentence) = (.good, "PASSED", counts)
        case (.failed, .expectation):
            (look, word, sentence) = (.bad, "FAILED", "what came back is not what the plan expects. \(counts)")
        case (.failed, .objective):
            (look, word) = (.bad, "FAILED")
            sentence = "an objective was missed. Nothing wrong was found in the backup. \(counts)"
        case (.failed, _):
            (look, word, sentence) = (.bad, "FAILED", "the backup is bad. Do not rely on it. \(counts)")
        case (.inconclusive, .interrupted):
            (look, word) = (.unsure, "INTERRUPTED")
            sentence = "the drill was stopped before it had a result."
        case (.inconclusive, _):
            (look, word) = (.unsure, "INCONCLUSIVE")
            sentence = "a problem on this machine prevented a result. The backup may be good or bad. \(counts)"
        }
    }

    /// Of an inspection, which never reads like a drill that passed.
    init(ofInspection verdict: Verdict, _ cause: Cause?) {
        switch (verdict, cause) {
        case (.passed, _):
            self.init(.good, "PASSED", "nothing wrong was found in the backup without restoring it.")
        case (.inconclusive, .interrupted):
            self.init(.unsure, "INTERRUPTED", "the inspection was stopped before it had a result.")
        default: self.init(verdict, cause)
        }
    }

    private init(_ look: TextStyle.Look, _ word: String, _ sentence: String) {
        (self.look, self.word, self.sentence) = (look, word, sentence)
    }

    /// All of it, on one line that ends in a newline.
    var line: ShownText {
        let rest = sentence.isEmpty ? "" : ": \(sentence)"
        var end = rest[...]
        while end.last == " " { end.removeLast() }
        return ShownText(look, "\(word)\(limit)\(String(end))") + "\n"
    }

    /// `all 258 checks that apply succeeded. The plan skips 1 check.`, or `Of 258 checks: 3 failed.`. What does not apply, or is not
    /// configured, is no flaw, and is not counted.
    private static func counts(of checks: [Finding], passed: Bool) -> String {
        let asked = checks.count { $0.status != .notRun }
        if asked == 0 { return passed ? "all checks that apply succeeded." : "" }
        let numbers: [(count: Int, word: String)] = [
            (checks.count { $0.status == .failed }, "failed"),
            (checks.count { $0.status == .inconclusive }, "inconclusive"),
        ]
        let told = numbers.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        let stopped = checks.count { $0.gap == .stopped }
        if stopped > 0, !passed {
            return "The drill stopped early: \(counted(stopped, "check")) \(stopped == 1 ? "was" : "were") not asked."
        }
        let results =
            passed
            ? "\(asked == 1 ? "the only check that applies" : "all \(asked) checks that apply") succeeded."
            : "Of \(counted(asked, "check")): \(told)."
        return results + left(.skipped, "The plan skips", of: checks)
            + left(.lacking, "This machine cannot ask", of: checks)
    }

    private static func left(_ gap: Gap, _ words: String, of checks: [Finding]) -> String {
        let count = checks.count { $0.gap == gap }
        return count == 0 ? "" : " \(words) \(counted(count, "check"))."
    }
}

extension ReportText {
    /// The first line of a report. Ends in a newline.
    /// - Parameter checks: empty where only the verdict is wanted.
    package static func verdict(_ verdict: Verdict, _ cause: Cause?, checks: [Finding] = []) -> ShownText {
        VerdictWords(verdict, cause, checks: checks).line
    }

    /// The first line of the report of an inspection. Ends in a newline.
    package static func inspectionVerdict(_ verdict: Verdict, _ cause: Cause?) -> ShownText {
        VerdictWords(ofInspection: verdict, cause).line
    }
}
