import Evidence
import Findings

/// A statement that says which tests a backup passed, with the report behind it: of a drill, or of an inspection. Both have the
/// fields of the Test Result predicate, and each a type of its own, so that nobody takes one for the other.
package protocol TestedPredicate: StatementPredicate {
    var result: TestResult.Result { get }
    var configuration: [ResourceDescriptor] { get }
    var passedTests: [String] { get }
    var warnedTests: [String] { get }
    var failedTests: [String] { get }
    /// What the summary for policy engines is drawn from.
    var report: Report { get }
    /// The path of the field that holds it, for messages.
    static var reportField: String { get }
    /// Where the report contradicts what it is a report of.
    var ownContradictions: [String] { get }

    init(report: Report, configuration: [ResourceDescriptor])
}

extension TestedPredicate {
    package var signed: Bool { report.signed }
    package static var signedField: String { "\(reportField).signed" }
}

extension InTotoStatement where Predicate: TestedPredicate {
    /// The report behind the statement.
    package var report: Report { predicate.report }

    /// Derives everything except the configuration from the report.
    ///
    /// A statement must have a subject with a digest. If the backup's digest was not known in the end (such a run never passed), the
    /// subject is what was known: the configuration.
    ///
    /// - Parameter configuration: the plan and everything else that decided what was done, each with its digest.
    package init(report: Report, configuration: [ResourceDescriptor]) {
        self.init(
            subject: Predicate.subject(of: report, configuration: configuration),
            predicate: Predicate(report: report, configuration: configuration))
    }
}

extension TestedPredicate {
    static func subject(of report: Report, configuration: [ResourceDescriptor]) -> [ResourceDescriptor] {
        guard report.backup.digest.isEmpty else {
            return [ResourceDescriptor(name: report.backup.name, digest: report.backup.digest)]
        }
        return configuration.filter { $0.digest?.isEmpty == false }
            .map { ResourceDescriptor(name: $0.name, digest: $0.digest) }
    }
}

extension Report {
    func testNames(_ status: CheckStatus) -> [String] {
        checks.filter { $0.status == status }.map { "\($0.id): \($0.place)" }
    }
}
