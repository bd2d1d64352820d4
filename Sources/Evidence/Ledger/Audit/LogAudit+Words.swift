extension LogAudit {
    /// What comes of it, for people: a word, and a sentence.
    package var result: (word: String, sentence: String) {
        if isGood { return ("GOOD", "the ledger is what was signed, and everything is accounted for.") }
        return isDamaged
            ? ("DAMAGED", "the ledger or a report is not what was signed.")
            : ("NOT ACCOUNTED FOR", "the ledger is what was signed, and something is missing.")
    }

    /// Remarks by what they mean, the worst first, each kind with its title.
    package var titledRemarks: [(kind: Remark.Kind, title: String, remarks: [Remark])] {
        let titles: [(Remark.Kind, String)] = [
            (.damaged, "Not what was signed"), (.unexplained, "Not accounted for"), (.explained, "Explained"),
            (.note, "Worth knowing"),
        ]
        return titles.map { kind, title in (kind, title, remarks.filter { $0.kind == kind }) }
            .filter { !$0.2.isEmpty }
    }
}
