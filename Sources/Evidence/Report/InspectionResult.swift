import Evidence

/// The signed statement about an inspection: "this backup (by digest) was read, and not restored; here is the result".
package typealias InspectionStatement = InTotoStatement<InspectionResult>

/// A report of an inspection as it is on disk, not verified.
package typealias StoredInspection = UnverifiedStatement<InspectionResult>

/// The fields of the Test Result predicate, under a type of its own: whoever asks for a passed drill, as a policy engine does by
/// the type of the predicate, never gets an inspection.
package struct InspectionResult: TestedPredicate {
    package static let predicateType = "tag:pgassay,2026:inspection/v1"
    package static let words = DocumentNames.inspection
    package static let reportField = "predicate.inspection"

    package var result: TestResult.Result
    package var configuration: [ResourceDescriptor]
    package var passedTests: [String]
    package var warnedTests: [String]
    package var failedTests: [String]
    /// The whole report, in the form of a drill's.
    package var inspection: Report

    package var report: Report { inspection }

    package init(report: Report, configuration: [ResourceDescriptor]) {
        result = TestResult.Result(report.verdict)
        self.configuration = configuration
        passedTests = report.testNames(.passed)
        warnedTests = report.testNames(.inconclusive)
        failedTests = report.testNames(.failed)
        inspection = report
    }

    /// An inspection starts no server, and measures no recovery.
    package var ownContradictions: [String] {
        var found: [String] = []
        if inspection.environment.postgres != nil || inspection.phases.contains(where: { $0.name == "restore" }) {
            found.append("it is an inspection, and says that the backup was restored")
        }
        if inspection.objectives != Report.Objectives() {
            found.append("it is an inspection, and has objectives, which only a drill measures")
        }
        return found
    }
}

extension DocumentNames {
    /// The words for an inspection's report.
    package static let inspection = DocumentNames(
        name: "report", fullName: "an inspection's report",
        file: "The report of an inspection is a file whose name ends in .inspection.dsse.json.",
        howToSign: "Run the inspection with --signing-key for evidence.")
}
