import Evidence
import Findings

/// The signed statement about a drill: an in-toto statement that says "this backup (by digest) was tested with this
/// plan; here is the result", with the whole ``Report`` under `predicate.drill`.
///
/// Its subject is the backup; if the drill ended before the backup's digest was known, it is the plan (see
/// ``init(report:configuration:)``).
package typealias Statement = InTotoStatement<TestResult>

/// A report as it is on disk, not verified.
package typealias StoredReport = UnverifiedStatement<TestResult>

extension Statement {
    /// The drill behind the statement.
    package var report: Report { predicate.drill }

    /// Derives everything except the configuration from the report.
    ///
    /// A statement must have a subject with a digest. If a drill ended before it knew the backup's digest (such a drill
    /// never passed), the subject is what it did know: the configuration.
    ///
    /// - Parameter configuration: the plan and everything else that decided what the drill did, each with its digest.
    package init(report: Report, configuration: [ResourceDescriptor]) {
        self.init(
            subject: TestResult.subject(of: report, configuration: configuration),
            predicate: TestResult(
                result: TestResult.Result(report.verdict), configuration: configuration,
                passedTests: report.testNames(.passed), warnedTests: report.testNames(.inconclusive),
                failedTests: report.testNames(.failed), drill: report))
    }
}

/// The Test Result predicate with pgassay's report as an extension field.
/// Format: in-toto predicate Test Result v0.1. So policy engines that do not know pgassay can still read `subject`,
/// `result`, `configuration` and the lists of tests.
/// `result`, `configuration` and the lists of tests.
package struct TestResult: StatementPredicate {
    package static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"
    package static let words = DocumentNames.report
    package static let signedField = "predicate.drill.signed"

    /// The verdict as policy engines read it.
    package var result: Result
    /// What decided the drill; the plan comes first.
    package var configuration: [ResourceDescriptor]
    /// `check: subject` of each finding that passed. A check that was not run is in none of the three lists.
    package var passedTests: [String]
    /// The same for findings that were inconclusive.
    package var warnedTests: [String]
    /// The same for findings that failed.
    package var failedTests: [String]
    /// The whole report: pgassay's extension field.
    package var drill: Report

    package var signed: Bool { drill.signed }

    /// The verdict in the words of the Test Result predicate.
    package enum Result: String, Codable, Sendable {
        /// Nothing wrong was found, and something was looked at.
        case passed = "PASSED"
        /// The drill was inconclusive; this is never `PASSED`.
        case warned = "WARNED"
        /// The backup is bad, or an objective was missed.
        case failed = "FAILED"

        package init(_ verdict: Verdict) {
            switch verdict {
            case .passed: self = .passed
            case .inconclusive: self = .warned
            case .failed: self = .failed
            }
        }
    }

    static func subject(of report: Report, configuration: [ResourceDescriptor]) -> [ResourceDescriptor] {
        guard report.backup.digest.isEmpty else {
            return [ResourceDescriptor(name: report.backup.name, digest: report.backup.digest)]
        }
        return configuration.filter { $0.digest?.isEmpty == false }
            .map { ResourceDescriptor(name: $0.name, digest: $0.digest) }
    }
}

extension DocumentNames {
    /// The words for a drill's report.
    package static let report = DocumentNames(
        name: "report", fullName: "a drill's report", file: "A report is a file whose name ends in .dsse.json.",
        howToSign: "Run the drill with --signing-key for evidence.")
}

extension Report {
    func testNames(_ status: CheckStatus) -> [String] {
        checks.filter { $0.status == status }.map { "\($0.id): \($0.subject)" }
    }
}
