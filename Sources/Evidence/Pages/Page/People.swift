import Evidence
import Findings
import FoundationEssentials
import Report

extension ReportPage {
    /// Who ran it, who has approved it, and who works on which finding.
    struct People: Sendable {
        let startedBy: String
        /// Whether the signatures of approvals and annotations were verified, and what the plan asks for.
        let words: String
        let approvals: [Approved]
        let missing: String?
        let ignored: [String]
        let actions: [Action]
    }

    struct Approved: Sendable {
        let mark: Mark
        let role: String
        let who: String
        let time: String
        let comment: String?
    }

    struct Action: Sendable {
        let mark: Mark
        let what: String
        let words: String
        let retests: [String]
    }
}

extension ReportPage.People {
    init(_ report: Report, _ source: PageSource) {
        startedBy = "\(report.trigger.user) on \(report.trigger.host) (\(report.trigger.kind))"
        let wanted =
            report.approval.map { "The plan asks for approval by: \($0.joined(separator: ", "))." }
            ?? "The plan asks for no approval."
        let additions = source.additions?.ofReport(source.file).all.filter { $0.reportDigest == source.sha256 } ?? []
        if let given = source.approvals {
            words = "\(wanted) The signatures of approvals and annotations were verified."
            approvals = given.given.map {
                ReportPage.Approved(
                    mark: .good("approved"), role: $0.role,
                    who: [$0.holder, "key \($0.keyID.prefix(16))…"].compactMap { $0 }.joined(separator: ", "),
                    time: Timestamp.plain($0.time), comment: $0.comment)
            }
            missing = given.isComplete ? nil : given.missing.joined(separator: ", ")
            ignored = (given.refused + (source.actions?.refused ?? [])).map { "\($0.file): it \($0.reason)" }
        } else {
            words = "\(wanted) The signatures of approvals and annotations were not verified."
            approvals = additions.compactMap { addition in
                guard case .approval(let statement) = addition.content else { return nil }
                let approval = statement.predicate
                return ReportPage.Approved(
                    mark: .unsure("not verified"), role: approval.role,
                    who: "key \((addition.claimedKeyIDs.first ?? "none").prefix(16))…",
                    time: Timestamp.plain(approval.time), comment: approval.comment)
            }
            missing = nil
            ignored = []
        }
        let items = source.actions?.items.filter { $0.reportFile == source.file } ?? []
        actions = items.map(ReportPage.Action.init)
    }
}

extension ReportPage.Action {
    init(_ item: CorrectiveActions.Item) {
        mark = item.finding == nil ? .plain("note") : item.isOpen ? .unsure("open") : .good("closed")
        what = item.finding?.description ?? "the report as a whole"
        words = item.annotation.words
        retests = item.retests.map {
            "looked at again by \($0.file): \($0.closed ? "nothing left to do" : "\($0.status.rawValue), still open")"
        }
    }
}
