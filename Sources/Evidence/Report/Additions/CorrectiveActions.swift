import Evidence
import Files
import Findings
import FoundationEssentials
import SystemPackage

/// Findings that somebody has taken on, and what later drills found of them.
package struct CorrectiveActions: Sendable {
    package struct Item: Sendable {
        package let annotation: Annotation
        /// The name of the annotation's file, and its SHA-256.
        package let file: String
        package let sha256: String
        /// The name of the report's file.
        package let reportFile: String
        /// Nil if it is about the report as a whole; nothing closes that.
        package let finding: AnnotatedFinding?
        /// The key that signed it; nil if that was not verified.
        package let signedBy: KeyRing.Key?
        /// Later drills that looked again, in the order in which they started.
        package var retests: [Retest] = []

        /// True until a later drill finds nothing left to do.
        package var isOpen: Bool { finding != nil && !retests.contains(where: \.closed) }
    }

    package struct Retest: Sendable, Equatable {
        /// The name of the report's file.
        package let file: String
        package let started: Date
        package let status: CheckStatus
        package let closed: Bool
    }

    /// In the order in which they were written.
    package private(set) var items: [Item] = []
    /// Annotations that do not count, with the reason as the rest of a sentence.
    package private(set) var refused: [Approvals.Refusal] = []

    /// - Parameters:
    ///   - reports: those of the directory that the reader relies on; the name of the file, its SHA-256, and what it says.
    ///   - ring: any key of it may annotate. Nil verifies nothing.
    package init(
        _ additions: StoredAdditions, reports: [(file: String, sha256: String, report: Report)], _ ring: KeyRing?
    ) {
        let byDigest = Dictionary(reports.map { ($0.sha256, $0) }, uniquingKeysWith: { $1 })
        for addition in additions.all {
            guard case .annotation(let claimed) = addition.content else { continue }
            let name = addition.name
            guard let about = addition.reportDigest.flatMap({ byDigest[$0] }),
                addition.subject == AdditionSubject(about.report)
            else {
                refused.append(Approvals.Refusal(file: name, reason: "is about no report that is here"))
                continue
            }
            let asked = Set(about.report.checks.map { AnnotatedFinding($0) })
            if let other = claimed.predicate.findings.first(where: { !asked.contains($0) }) {
                refused.append(
                    Approvals.Refusal(file: name, reason: "is about a finding that its report does not have: \(other)"))
                continue
            }
            var key: KeyRing.Key?
            if let ring {
                do throws(VerificationError) {
                    key = try InTotoStatement<Annotation>.open(addition.bytes, name: name, ring.keys) {
                        $0.predicate.time
                    }.key
                } catch {
                    refused.append(Approvals.Refusal(file: name, reason: "cannot be verified: \(error)"))
                    continue
                }
            }
            let annotation = claimed.predicate
            let findings = annotation.findings.map { Optional($0) }
            for finding in findings.isEmpty ? [nil] : findings {
                items.append(
                    Item(
                        annotation: annotation, file: name, sha256: addition.sha256, reportFile: about.file,
                        finding: finding, signedBy: key))
            }
        }
        items.sort { ($0.annotation.time, $0.file) < ($1.annotation.time, $1.file) }
        for later in reports.sorted(by: { $0.report.started < $1.report.started }) {
            for followUp in later.report.followsUp ?? [] {
                for index in items.indices
                where items[index].sha256 == followUp.annotation
                    && items[index].finding == AnnotatedFinding(followUp)
                    && later.report.plan == items[index].annotation.report.plan
                {
                    items[index].retests.append(
                        Retest(
                            file: later.file, started: later.report.started, status: followUp.status,
                            closed: followUp.closed))
                }
            }
        }
    }

    /// What a drill says of the findings that are open in its plan.
    /// - Parameter findings: of that drill.
    package func followUps(in findings: [Finding], of plan: String) -> [Report.FollowUp] {
        var all: [Report.FollowUp] = []
        for item in items where item.isOpen && item.annotation.report.plan == plan {
            guard let finding = item.finding else { continue }
            let same = findings.filter { AnnotatedFinding($0) == finding && $0.status != .notRun }
            let worst = [CheckStatus.failed, .inconclusive, .passed].first { status in
                same.contains { $0.status == status }
            }
            guard let worst else { continue }
            var followUp = Report.FollowUp(
                annotation: item.sha256, report: item.annotation.report.id, check: finding.check,
                subject: finding.subject, status: worst,
                closed: worst == .passed && !same.contains { $0.hazard == true })
            followUp.database = finding.database
            all.append(followUp)
        }
        return all
    }
}

extension AnnotatedFinding {
    fileprivate init(_ followUp: Report.FollowUp) {
        (check, database, subject) = (followUp.check, followUp.database, followUp.subject)
    }
}
