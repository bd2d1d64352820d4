import Evidence
import Findings

/// The signed statement about a drill: an in-toto statement that says "this backup (by digest) was tested with this
/// plan; here is the result", with the whole ``Report`` under `predicate.drill`.
///
/// Its subject is the backup; if the drill ended before the backup's digest was known, it is the plan.
package typealias Statement = InTotoStatement<TestResult>

/// A report of a drill as it is on disk, not verified.
package typealias StoredReport = UnverifiedStatement<TestResult>

/// The Test Result predicate with pgassay's report as an extension field.
/// Format: in-toto predicate Test Result v0.1. So policy engines that do not know pgassay can still read `subject`,
/// `result`, `configuration` and the lists of tests.
package struct TestResult: TestedPredicate {
    package static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"
    package static let words = DocumentNames.report
    package static let reportField = "predicate.drill"

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

    package var report: Report { drill }

    package init(report: Report, configuration: [ResourceDescriptor]) {
        result = Result(report.verdict)
        self.configuration = configuration
        passedTests = report.testNames(.passed)
        warnedTests = report.testNames(.inconclusive)
        failedTests = report.testNames(.failed)
        drill = report
    }

    /// The verdict in the words of the Test Result predicate.
    package enum Result: String, Codable, Sendable {
        /// Nothing wrong was found, and something was looked at.
        case passed = "PASSED"
        /// It was inconclusive; this is never `PASSED`.
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
}

extension DocumentNames {
    /// The words for a drill's report.
    package static let report = DocumentNames(
        name: "report", fullName: "a drill's report", file: "A report is a file whose name ends in .dsse.json.",
        howToSign: "Run the drill with --signing-key for evidence.")
}
