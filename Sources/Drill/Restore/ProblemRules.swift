import Causes
import Findings

/// Judges the errors of one restore, in the order in which they came, with the table of all causes.
struct ProblemRules: Sendable {
    private var circumstances: Circumstances

    init(isNewerThanSource: Bool = false, sortsDifferently: Bool = false, rolesMade: Set<String> = []) {
        circumstances = Circumstances(
            isNewerThanSource: isNewerThanSource, sortsDifferently: sortsDifferently, rolesMade: rolesMade)
    }

    /// - Parameter subject: what the error is about, for the log.
    mutating func judge(_ problem: RawProblem, about subject: String? = nil) -> CauseRule {
        var error = problem.error
        error.subject = subject
        let rule = cause(of: error, in: circumstances)
        if rule.cause == .environment {
            circumstances.machineLacksSomething = true
            circumstances.machineLostRows = circumstances.machineLostRows || problem.mayLoseRows
        }
        if let cause = rule.cause { circumstances.last = cause }
        return rule
    }
}

extension RawProblem {
    fileprivate var error: MetError {
        let what: MetError.What = sqlState.map { .server($0, message: message) } ?? .program(message)
        var error = MetError(
            .restoring, what, statement: statement, isOfLoadedRow: isOfCopy, isBehindEnd: isBehindEnd)
        error.isOfExtension = isOfExtension
        error.isWithinFunction = callingFunction != nil
        error.named = named
        error.dependsOn = dependsOn
        error.grounds = explanation
        return error
    }
}
