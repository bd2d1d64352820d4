import Evidence
import Findings
import FoundationEssentials
import Pages
import Report
import SystemPackage

/// What is told of a drill. It holds no row value and no secret: as a report.
package struct Notice: Sendable {
    package enum Event: Sendable {
        /// The drill begins.
        case began
        /// It has ended, with a report.
        /// - statement: the bytes that were signed.
        case ended(Report, file: FilePath, statement: [UInt8])
        /// It has ended without one: the plan is wrong, there is no backup, or the report could not be stored.
        case noReport(reason: String)
    }

    /// The plan's name; the name of its file where it cannot be read.
    package let plan: String
    /// Of the machine.
    package let host: String
    package let event: Event
    /// Whether the drill of this plan before this one passed; nil if there was none.
    package let passedBefore: Bool?

    package init(plan: String, host: String, event: Event, passedBefore: Bool? = nil) {
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
    var headline: String {
        let subject = TextStyle.harmless(plan)
        return switch event {
        case .began: "pgassay: the drill \(subject) on \(host) begins"
        case .ended(let report, _, _) where report.verdict == .passed:
            "pgassay: the drill \(subject) on \(host) " + (isRecovery ? "passes again" : "passed")
        case .ended(let report, _, _):
            "pgassay: the drill \(subject) on \(host) "
                + (report.verdict == .failed ? "FAILED" : "COULD NOT TELL")
                + (report.cause.map { " (cause: \($0.rawValue))" } ?? "")
        case .noReport: "pgassay: the drill \(subject) on \(host) DID NOT RUN"
        }
    }

    /// The headline, what it means, what was found, and where the report is.
    var text: String {
        switch event {
        case .began: return headline + "\n"
        case .noReport(let reason):
            return headline + "\n" + ShownText(lines: reason).written(color: false) + "\nThere is no report.\n"
        case .ended(let report, let file, _):
            let verdict = ReportText.verdict(report.verdict, report.cause).written(color: false)
            let wrong = report.checks.filter { $0.status == .failed || $0.status == .inconclusive }
            let findings = wrong.prefix(Self.mostFindings).map { finding in
                TextStyle.harmless("\(finding.id): \(finding.place)" + (finding.reason.map { ": \($0)" } ?? ""))
            }
            let more = wrong.count > findings.count ? ["… and \(wrong.count - findings.count) more"] : []
            return ([headline, verdict.trimmed] + findings + more + ["Report: \(file)"]).joined(separator: "\n") + "\n"
        }
    }

    /// More are in the report.
    private static let mostFindings = 10

    // MARK: For programs

    package struct Document: Codable, Sendable, Equatable {
        /// `began`, `ended`, or `noReport`.
        package var event: String
        package var plan: String
        package var host: String
        package var headline: String
        package var text: String
        package var passed: Bool?
        package var recovery: Bool
        package var verdict: Verdict?
        package var cause: Cause?
        /// The path of the report.
        package var report: String?
    }

    package var document: Document {
        var document = Document(
            event: "began", plan: plan, host: host, headline: headline, text: text, passed: hasPassed,
            recovery: isRecovery)
        switch event {
        case .began: break
        case .noReport: document.event = "noReport"
        case .ended(let report, let file, _):
            document.event = "ended"
            (document.verdict, document.cause, document.report) = (report.verdict, report.cause, file.string)
        }
        return document
    }
}

extension String {
    fileprivate var trimmed: String {
        String(trimmingPrefix(while: \.isNewline).reversed().drop { $0.isNewline }.reversed())
    }
}
