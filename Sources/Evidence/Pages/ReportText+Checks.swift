import Findings

extension ReportText {
    /// How many findings of one check are shown; the rest are only counted. Enough to see a pattern without filling the
    /// screen.
    static let shownPerCheck = 20

    static func checkSections(_ findings: [Finding]) -> [Section] {
        [
            Section(title: "Failed", look: .bad, lines: details(findings.filter { $0.status == .failed })),
            Section(
                title: "Inconclusive", look: .unsure,
                lines: details(findings.filter { $0.status == .inconclusive })),
            Section(title: "Not run", look: .unsure, lines: details(findings.filter { $0.status == .notRun })),
            Section(
                title: "Hazards of the source", look: .unsure, lines: details(findings.filter { $0.hazard == true })),
            // Other findings that passed and have a reason: nothing is wrong, but a person may want to know it.
            Section(
                title: "Worth knowing",
                lines: details(findings.filter { $0.status == .passed && $0.reason != nil && $0.hazard != true })),
            Section(title: "Checks", lines: tally(findings)),
        ]
    }

    /// Findings grouped by check, in the order of each check's first finding.
    private static func details(_ findings: [Finding]) -> [String] {
        groups(findings).flatMap { group in
            let more = group.findings.count - shownPerCheck
            return [TextStyle.harmless(group.id.rawValue)]
                + group.findings.prefix(shownPerCheck).flatMap(lines(of:)).map { "  \($0)" }
                + (more > 0 ? ["  … and \(more) more"] : [])
        }
    }

    private static func lines(of finding: Finding) -> [String] {
        let subject = TextStyle.harmless(finding.subject)
        let reasons = finding.reason.map(TextStyle.lines) ?? []
        let comparison = comparison(of: finding)
        if comparison.isEmpty, reasons.count == 1 { return ["\(subject): \(reasons[0])"] }
        return [comparison.isEmpty ? subject : "\(subject): \(comparison)"] + reasons.map { "  \($0)" }
    }

    /// `expected 10000 (manifest), found 9998`, or the parts of it that are known.
    private static func comparison(of finding: Finding) -> String {
        var parts: [String] = []
        if let expected = finding.expected {
            let basis = finding.basis.map { " (\($0.rawValue))" } ?? ""
            parts.append("expected \(TextStyle.harmless(expected))\(basis)")
        }
        if let observed = finding.observed {
            parts.append("found \(TextStyle.harmless(observed))")
        }
        return parts.joined(separator: ", ")
    }

    /// One line for each check: how many of its subjects passed, and the results of the others.
    private static func tally(_ findings: [Finding]) -> [String] {
        TextStyle.columns(
            groups(findings).map { group in
                let counts = Dictionary(grouping: group.findings, by: \.status).mapValues(\.count)
                let words: [(CheckStatus, String)] = [
                    (.passed, "passed"), (.failed, "failed"), (.inconclusive, "inconclusive"),
                    (.notRun, "not run"),
                ]
                let hazards = group.findings.count { $0.hazard == true }
                let outcome =
                    words.compactMap { status, word in counts[status].map { "\($0) \(word)" } }
                    + (hazards > 0 ? [counted(hazards, "hazard")] : [])
                return [TextStyle.harmless(group.id.rawValue), outcome.joined(separator: ", ")]
            })
    }

    private static func groups(_ findings: [Finding]) -> [(id: CheckID, findings: [Finding])] {
        var order: [CheckID] = []
        for finding in findings where !order.contains(finding.id) { order.append(finding.id) }
        let byCheck = Dictionary(grouping: findings, by: \.id)
        return order.map { ($0, byCheck[$0] ?? []) }
    }
}
