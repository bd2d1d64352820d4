import Evidence
import Findings
import FoundationEssentials
import Pages
import Report
import SystemPackage

/// What is told of a drill or an export. It holds no row value and no secret: as a report.
package struct Notice: Sendable {
    /// What is told of.
    package enum Job: String, Codable, Sendable { case drill, export }

    package enum Event: Sendable {
        /// It begins.
        case began
        /// It has ended, with a report.
        /// - statement: the bytes that were signed.
        case ended(Report, file: FilePath, statement: [UInt8])
        /// An export has ended.
        case exported(Export)
        /// It has ended without a result: the plan is wrong, there is no backup, or the report or the export could not be stored.
        case noReport(reason: String)
    }

    /// What came of an export.
    package struct Export: Sendable {
        let verdict: Verdict
        let cause: Cause?
        /// Where it is; nil if nothing was exported, because the drill did not find the backup good.
        let location: String?
        /// Of the export; of the drill if nothing was exported.
        let findings: [Finding]
        /// Of the drill; nil if there was none.
        let report: FilePath?

        package init(verdict: Verdict, cause: Cause?, location: String?, findings: [Finding], report: FilePath?) {
            self.verdict = verdict
            self.cause = cause
            self.location = location
            self.findings = findings
            self.report = report
        }
    }

    package let job: Job
    /// The plan's name; the name of its file where it cannot be read.
    package let plan: String
    /// Of the machine.
    package let host: String
    package let event: Event
    /// Whether the drill of this plan before this one passed, also where this is an export; nil if there was none.
    package let passedBefore: Bool?

    package init(_ job: Job = .drill, plan: String, host: String, event: Event, passedBefore: Bool? = nil) {
        self.job = job
        self.plan = plan
        self.host = host
        self.event = event
        self.passedBefore = passedBefore
    }

    /// Nil while it runs.
    package var hasPassed: Bool? {
        switch event {
        case .began: nil
        case .ended(let report, _, _): report.verdict == .passed
        case .exported(let export): export.verdict == .passed
        case .noReport: false
        }
    }

    package var isRecovery: Bool { hasPassed == true && passedBefore == false }

    /// Whether it is told on one of some occasions.
    func fits(_ occasions: Set<Notifier.Occasion>) -> Bool {
        guard let hasPassed else { return false }
        return occasions.contains(.always) || (!hasPassed && occasions.contains(.failure))
            || (isRecovery && occasions.contains(.recovery))
    }

    // MARK: For people

    /// One line.
    var headline: String { "pgassay: the \(job.rawValue) \(TextStyle.harmless(plan)) on \(host) \(outcome)" }

    private var outcome: String {
        switch event {
        case .began: "begins"
        case .ended(let report, _, _): Self.words(report.verdict, report.cause, isRecovery)
        case .exported(let export): Self.words(export.verdict, export.cause, isRecovery)
        case .noReport: job == .drill ? "DID NOT RUN" : "DID NOT END"
        }
    }

    private static func words(_ verdict: Verdict, _ cause: Cause?, _ isRecovery: Bool) -> String {
        if verdict == .passed { return isRecovery ? "passes again" : "passed" }
        return (verdict == .failed ? "FAILED" : "COULD NOT TELL") + (cause.map { " (cause: \($0.rawValue))" } ?? "")
    }

    /// The headline, what it means, what was found, and where the report is.
    var text: String {
        let lines: [String] =
            switch event {
            case .began: []
            case .noReport(let reason):
                [
                    ShownText(lines: reason).written(color: false),
                    job == .drill ? "There is no report." : "What was exported whole stays; started again, it goes on.",
                ]
            case .ended(let report, let file, _):
                [ReportText.verdict(report.verdict, report.cause).written(color: false).trimmed]
                    + Self.complaints(report.checks) + ["Report: \(file)"]
            case .exported(let export):
                [
                    export.location.map { "The export is at \(TextStyle.harmless($0))." }
                        ?? "Nothing was exported: the drill did not find the backup good."
                ] + Self.complaints(export.findings) + (export.report.map { ["Report of the drill: \($0)"] } ?? [])
            }
        return ([headline] + lines).joined(separator: "\n") + "\n"
    }

    private static func complaints(_ findings: [Finding]) -> [String] {
        let wrong = findings.filter { $0.status == .failed || $0.status == .inconclusive }
        let told = wrong.prefix(mostFindings).map { finding in
            TextStyle.harmless("\(finding.id): \(finding.place)" + (finding.reason.map { ": \($0)" } ?? ""))
        }
        return told + (wrong.count > told.count ? ["… and \(wrong.count - told.count) more"] : [])
    }

    /// More are in the report.
    private static let mostFindings = 10

    // MARK: For programs

    package struct Document: Codable, Sendable, Equatable {
        /// `began`, `ended`, or `noReport`.
        package var event: String
        package var job: Job
        package var plan: String
        package var host: String
        package var headline: String
        package var text: String
        package var passed: Bool?
        package var recovery: Bool
        package var verdict: Verdict?
        package var cause: Cause?
        /// The path of the report; of an export that of the drill before it, if there was one.
        package var report: String?
        /// Where an export is.
        package var export: String?
    }

    package var document: Document {
        var document = Document(
            event: "began", job: job, plan: plan, host: host, headline: headline, text: text, passed: hasPassed,
            recovery: isRecovery)
        switch event {
        case .began: break
        case .noReport: document.event = "noReport"
        case .ended(let report, let file, _):
            document.event = "ended"
            (document.verdict, document.cause, document.report) = (report.verdict, report.cause, file.string)
        case .exported(let export):
            document.event = "ended"
            (document.verdict, document.cause) = (export.verdict, export.cause)
            (document.report, document.export) = (export.report?.string, export.location)
        }
        return document
    }
}

extension String {
    fileprivate var trimmed: String {
        String(trimmingPrefix(while: \.isNewline).reversed().drop { $0.isNewline }.reversed())
    }
}
