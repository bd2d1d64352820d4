import Evidence
import Findings
import FoundationEssentials

/// What a person says of a report, signed by itself and kept beside it. The report stays as it is.
package protocol Addition: StatementPredicate {
    var report: AdditionSubject { get }
    /// When it was signed, by the clock of whoever did.
    var time: Date { get }
}

/// The report that an addition is about, besides its digest, which is the statement's subject.
package struct AdditionSubject: Codable, Sendable, Equatable {
    package var id: String
    package var plan: String
    /// So that nobody approves a report that says something else.
    package var verdict: Verdict

    package init(_ report: Report) { (id, plan, verdict) = (report.id, report.plan, report.verdict) }
}

extension Addition {
    /// That it is about one file, by digest.
    func subjectContradictions(_ subject: [ResourceDescriptor]) -> [String] {
        guard subject.count == 1, let digest = subject[0].digest?["sha256"],
            digest.wholeMatch(of: /[0-9a-f]{64}/) != nil
        else { return ["`subject` is not one report by its SHA-256"] }
        return []
    }
}

extension InTotoStatement where Predicate: Addition {
    /// - Parameters:
    ///   - file: the name of the report's file.
    ///   - sha256: of that file, as it is stored.
    package init(_ predicate: Predicate, file: String, sha256: String) {
        self.init(subject: [ResourceDescriptor(name: file, digest: ["sha256": sha256])], predicate: predicate)
    }

    /// Of the file that it is about, in lowercase hex.
    package var reportDigest: String? { subject.first?.digest?["sha256"] }
}

/// The signed statement of a person who has a role: "I have read this report, and approve it in this role".
///
/// The role is in what is signed. A second signature in the report's own envelope could not have one: DSSE signs the payload alone.
package struct Approval: Addition {
    package static let predicateType = "tag:pgassay,2026:approval/v1"
    package static let words = DocumentNames(
        name: "approval", fullName: "the approval of a report",
        file: "An approval is a file beside its report, with .approval- in its name.",
        howToSign: "An approval is made with pgassay report countersign.")
    package static let signedField = "predicate.signed"

    package var signed = true
    package var role: String
    package var time: Date
    package var by: Report.Trigger
    package var comment: String?
    package var report: AdditionSubject

    package init(_ report: Report, role: String, time: Date, by: Report.Trigger, comment: String?) {
        self.role = role
        self.time = time
        self.by = by
        self.comment = comment
        self.report = AdditionSubject(report)
    }

    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        subjectContradictions(subject)
            + (KeyRing.isRole(role) ? [] : ["`predicate.role` is no name of a role"])
    }
}

/// The signed statement of a person about findings of a report: who works on them, until when, and how.
package struct Annotation: Addition {
    package static let predicateType = "tag:pgassay,2026:annotation/v1"
    package static let words = DocumentNames(
        name: "annotation", fullName: "an annotation of a report",
        file: "An annotation is a file beside its report, with .annotation- in its name.",
        howToSign: "An annotation is made with pgassay report annotate.")
    package static let signedField = "predicate.signed"
    /// Bytes of the longest text in one.
    package static let longestText = 4096

    package var signed = true
    package var time: Date
    package var by: Report.Trigger
    package var report: AdditionSubject
    /// Empty if it is about the report as a whole.
    package var findings: [AnnotatedFinding]
    /// Who works on it.
    package var owner: String?
    /// The day until which it is to be done: `2026-12-31`.
    package var due: String?
    /// What is done about it.
    package var action: String?
    package var note: String?

    package init(_ report: Report, findings: [AnnotatedFinding], time: Date, by: Report.Trigger) {
        self.time = time
        self.by = by
        self.report = AdditionSubject(report)
        self.findings = findings
    }

    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        var found = subjectContradictions(subject)
        if owner == nil, due == nil, action == nil, note == nil { found.append("it says nothing") }
        if let due, !Self.isDay(due) { found.append("`predicate.due` is no day") }
        let texts = [owner, action, note].compactMap { $0 }
        if texts.contains(where: { $0.isEmpty || $0.utf8.count > Self.longestText }) {
            found.append("a text in it has not between 1 and \(Self.longestText) bytes")
        }
        return found
    }

    /// A day that exists, as `2026-12-31`.
    package static func isDay(_ text: String) -> Bool {
        text.utf8.count == 10 && Timestamp.isTime("\(text)T00:00:00Z")
    }
}

/// A finding of a report, as its lists of tests name it: `row-counts: public.farmers`.
package struct AnnotatedFinding: Codable, Sendable, Hashable, CustomStringConvertible {
    package var check: CheckID
    /// Where the drill checked several databases; else nil.
    package var database: String?
    package var subject: String

    package init(_ finding: Finding) {
        (check, database, subject) = (finding.id, finding.database, finding.subject)
    }

    package var description: String { "\(check): \(Finding.place(database, subject))" }
}
