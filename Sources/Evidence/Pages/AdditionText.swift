import Evidence
import Findings
import Report

/// What people have added to a report, as lines.
package enum AdditionText {
    /// Who has approved it, what does not count, and who is still to approve.
    package static func approvals(_ approvals: Approvals) -> ShownText {
        var text: ShownText = ""
        for given in approvals.given {
            let who = given.holder.map { "\($0), key" } ?? "key"
            let comment = given.comment.map { ": \($0)" } ?? ""
            text +=
                "Approved as \(given.role) by \(who) \(given.keyID.prefix(16))…, \(Timestamp.plain(given.time))\(comment)\n"
        }
        for refusal in approvals.refused { text += "Ignored  \(refusal.file): it \(refusal.reason)\n" }
        if !approvals.isComplete {
            text += ShownText(.unsure, "Waits for approval by: \(approvals.missing.joined(separator: ", "))") + "\n"
        }
        return text
    }

    /// Who works on which finding, and whether it is done.
    package static func actions(_ actions: CorrectiveActions) -> ShownText {
        var text: ShownText = ""
        for item in actions.items {
            let what = item.finding?.description ?? "the report as a whole"
            let state: ShownText =
                item.finding == nil
                ? "Note    " : item.isOpen ? ShownText(.unsure, "Open    ") : ShownText(.good, "Closed  ")
            text += state + " \(what): \(item.annotation.words)\n"
            for retest in item.retests {
                let result = retest.closed ? "nothing left to do" : "\(retest.status.rawValue), still open"
                text += "         looked at again by \(retest.file): \(result)\n"
            }
        }
        for refusal in actions.refused { text += "Ignored  \(refusal.file): it \(refusal.reason)\n" }
        return text
    }
}

extension AdditionText {
    /// What people have added to a report, as its page has it: nothing of it is verified there.
    /// - Parameters:
    ///   - file: the name of the report's file, and `sha256` of its bytes.
    ///   - actions: of all reports.
    package static func page(
        of file: String, _ sha256: String, _ report: Report, _ additions: StoredAdditions, _ actions: CorrectiveActions
    ) -> ShownText {
        var lines: ShownText = ""
        for addition in additions.ofReport(file).all where addition.reportDigest == sha256 {
            guard case .approval(let statement) = addition.content else { continue }
            let (approval, key) = (statement.predicate, addition.claimedKeyIDs.first ?? "none")
            let comment = approval.comment.map { ": \($0)" } ?? ""
            lines +=
                "  approved as \(approval.role) by key \(key.prefix(16))…, \(Timestamp.plain(approval.time))\(comment)\n"
        }
        for item in actions.items where item.reportFile == file {
            let state = item.finding == nil ? "note" : item.isOpen ? "open" : "closed"
            lines += "  \(state): \(item.finding?.description ?? "the report as a whole"): \(item.annotation.words)\n"
        }
        return lines == "" ? "" : "\nPeople (their signatures are verified apart from this page)\n" + lines
    }
}

extension Annotation {
    /// What it says, on one line.
    package var words: String {
        [
            owner.map { "owner \($0)" }, due.map { "due \($0)" }, action.map { "action: \($0)" },
            note.map { "note: \($0)" },
        ].compactMap { $0 }.joined(separator: "; ")
    }
}

extension Report.FollowUp {
    fileprivate var place: String { Finding.place(database, subject) }
}

extension ReportText {
    /// Findings of earlier reports that this drill has looked at again.
    static func followUps(_ report: Report) -> [String] {
        (report.followsUp ?? []).map { followUp in
            let result = followUp.closed ? "closed" : "\(followUp.status.rawValue), still open"
            return TextStyle.harmless(
                "\(followUp.check): \(followUp.place), annotated in the report \(followUp.report): \(result)")
        }
    }
}
