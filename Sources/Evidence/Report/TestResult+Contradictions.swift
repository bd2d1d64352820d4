import Evidence
import Findings

extension TestResult {
    package var ownContradictions: [String] { [] }
}

extension TestedPredicate {
    /// Where the summary for policy engines contradicts the report, or the report contradicts its own findings.
    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        resultContradictions() + contradictions(ofSubject: subject) + report.contradictions() + ownContradictions
    }

    private func resultContradictions() -> [String] {
        var found: [String] = []
        let field = Self.reportField
        if result != TestResult.Result(report.verdict) {
            found.append(
                "`predicate.result` is \(result.rawValue) and `\(field).verdict` is " + report.verdict.rawValue)
        }
        let lists: [(String, [String], CheckStatus)] = [
            ("passedTests", passedTests, .passed),
            ("warnedTests", warnedTests, .inconclusive),
            ("failedTests", failedTests, .failed),
        ]
        for (name, tests, status) in lists where tests != report.testNames(status) {
            found.append("`predicate.\(name)` does not list what `\(field).checks` says")
        }
        return found
    }

    private func contradictions(ofSubject subject: [ResourceDescriptor]) -> [String] {
        guard !subject.isEmpty, subject.allSatisfy({ $0.digest?.isEmpty == false }) else {
            return ["`subject` names nothing by digest"]
        }
        guard subject == Self.subject(of: report, configuration: configuration) else {
            return ["`subject` is not the backup of `\(Self.reportField).backup`"]
        }
        return []
    }
}

extension Report {
    fileprivate func contradictions() -> [String] {
        var found: [String] = []
        if (verdict == .passed) != (cause == nil) {
            found.append("the verdict is \(verdict.rawValue) and the cause is \(cause?.rawValue ?? "absent")")
        }
        for (name, objective) in objectives.named where objective.contradictsItself {
            found.append("objective \(name) is not \(objective.met == true ? "met" : "missed") by its own numbers")
        }
        return verdict == .passed ? found + contradictionsOfPassing() : found
    }

    private func contradictionsOfPassing() -> [String] {
        var found: [String] = []
        if backup.digest.isEmpty {
            found.append("the verdict is passed and the backup has no digest")
        }
        for status in [CheckStatus.failed, .inconclusive] where checks.contains(where: { $0.status == status }) {
            found.append("the verdict is passed and a check is \(status.rawValue)")
        }
        if !checks.contains(where: { $0.status == .passed }) {
            found.append("the verdict is passed and no check is")
        }
        for (name, objective) in objectives.named where objective.met == false {
            found.append("the verdict is passed and objective \(name) is missed")
        }
        return found
    }
}

extension Report.Objectives {
    /// The objectives that are set, with their JSON names.
    var named: [(name: String, objective: Report.Objective)] {
        [("recoveryTime", recoveryTime), ("recoveryPoint", recoveryPoint), ("backupAge", backupAge)]
            .compactMap { name, objective in objective.map { (name, $0) } }
    }
}

extension Report.Objective {
    fileprivate var contradictsItself: Bool {
        guard let met else { return false }
        guard let target, let measured else { return true }
        return met != (measured <= target)
    }
}
