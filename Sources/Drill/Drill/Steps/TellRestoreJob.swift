import Findings
import Report
import Snapshots
import SystemPackage

/// What is done with the report of a drill of what AWS Backup restored: AWS Backup is told the result, which it shows beside the
/// restore job, and then deletes what it has restored (docs/decisions/58-restore-testing.md).
struct TellRestoreJob: ReportStep {
    let source: SnapshotSource
    let job: RestoredByJob

    var name: String { "AWS Backup" }

    func perform(on finished: FinishedReport) async throws {
        try await AWSBackup(tool: try source.tool()).put(
            RestoreValidation(of: finished.report, in: finished.file, sha256: finished.sha256), of: job.id)
    }
}

extension RestoreValidation {
    /// A drill that could not tell is no failure of the backup: the test stays open, and another drill may close it.
    init(of report: Report, in file: FilePath, sha256: String) {
        let status: Status =
            switch report.verdict {
            case .passed: .successful
            case .failed: .failed
            case .inconclusive: .validating
            }
        let place = "report \(file.lastComponent?.string ?? file.string), SHA-256 \(sha256)"
        self.init(status, "\(Self.words(of: report)); \(place)")
    }

    /// The verdict and what led to it, without names of tables, and never a value.
    private static func words(of report: Report) -> String {
        let cause = report.cause.map { " (\($0.rawValue))" } ?? ""
        let asked = report.checks.filter { $0.status != .notRun }
        let wanted: CheckStatus = report.verdict == .inconclusive ? .inconclusive : .failed
        var names: [String] = []
        for finding in asked where finding.status == wanted && !names.contains(finding.id.rawValue) {
            names.append(finding.id.rawValue)
        }
        let checks =
            names.isEmpty
            ? "\(counted(asked.count, "check")) asked" : "\(wanted.rawValue): \(firstOf(names, atMost: 10))"
        return "pgassay: \(report.verdict.rawValue)\(cause), \(checks)"
    }
}
