import Causes
import Scratch

extension ProblemRules {
    /// At most this many problems of one cause are listed one by one; the rest are counted.
    private static let toldOneByOne = 500

    /// Judges the errors that a program printed, in the order in which it printed them.
    /// - Parameter subject: names the object that a problem is about.
    mutating func judge(_ problems: [RawProblem], subject: (RawProblem) -> String) -> [RestoreProblem] {
        var told: [RestoreProblem] = []
        var counts: [String: Int] = [:]
        var rules: [String: CauseRule] = [:]
        for raw in problems {
            let rule = judge(raw)
            let cause = rule.cause?.rawValue ?? "harmless"
            counts[cause, default: 0] += 1
            rules[cause] = rule
            guard counts[cause]! <= Self.toldOneByOne else { continue }
            told.append(
                RestoreProblem(
                    subject: subject(raw), sqlState: raw.sqlState, message: raw.publicMessage, rule: rule,
                    keepsRowsOut: rule.cause == .environment && raw.mayKeepRowsOut))
        }
        for (cause, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.toldOneByOne {
            told.append(
                RestoreProblem(
                    subject: "the restore", sqlState: nil,
                    message: "\(count - Self.toldOneByOne) more errors of this kind",
                    rule: rules[cause]!))
        }
        return told
    }
}

extension [RawProblem] {
    /// Adds the SQLSTATEs, which pg_restore does not print, from the server's own log. The server writes its log before
    /// it answers, but we read the log through a separate pipe, perhaps a moment later.
    func completed(by log: ServerLog?) async throws -> [RawProblem] {
        var problems = self
        for attempt in 0... {
            for index in problems.indices where !problems[index].isFromProgram && problems[index].sqlState == nil {
                problems[index].sqlState = log?.sqlState(ofMessage: problems[index].message)
            }
            let isComplete = problems.allSatisfy { $0.isFromProgram || $0.sqlState != nil }
            if isComplete || log == nil || attempt == 50 { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        for index in problems.indices where !problems[index].isFromProgram && problems[index].sqlState == nil {
            problems[index].sqlState = SQLStateGuess.state(ofMessage: problems[index].message)
        }
        return problems
    }
}
