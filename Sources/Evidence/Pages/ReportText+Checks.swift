import Findings

extension ReportText {
    /// How many lines of one check are shown; the rest are only counted. Enough to see a pattern without filling the screen.
    static let shownPerCheck = 20

    static func checkSections(_ findings: [Finding], all: Bool) -> [Section] {
        FindingSection.allCases.flatMap { kind -> [Section] in
            let on = findings.filter(kind.holds)
            let lines =
                switch kind {
                case .stopped: names(of: on)
                case .passed: all ? details(on, all: true) : []
                default: details(on, all: all)
                }
            let section = Section(title: kind.title, look: kind.look, lines: lines)
            // What is said of a check as a whole stands between what matters and the rest.
            return kind == .passed ? [Section(title: "Checks", lines: tally(findings)), section] : [section]
        }
    }

    /// Findings grouped by check, in the order of each check's first finding.
    private static func details(_ findings: [Finding], all: Bool) -> [String] {
        groups(findings).flatMap { group in
            let told = all ? group.findings.map { [$0] } : alike(group.findings)
            let shown = all ? told : Array(told.prefix(shownPerCheck))
            let more = told.dropFirst(shown.count).map(\.count).reduce(0, +)
            let id = TextStyle.harmless(group.id.rawValue)
            let lines = shown.flatMap(lines(of:))
            // Of the whole database a check mostly says one thing, for which a line is enough.
            if lines.count == 1, group.findings.count == 1, group.findings[0].place == "database" {
                return [id + lines[0].dropFirst("database".count)]
            }
            return [id] + lines.map { "  \($0)" } + (more > 0 ? ["  … and \(more) more"] : [])
        }
    }

    /// Findings that say the same of several subjects, together; in the order of the first of each.
    static func alike(_ findings: [Finding]) -> [[Finding]] {
        var order: [[String?]] = []
        var byWords: [[String?]: [Finding]] = [:]
        for finding in findings {
            let words = [
                finding.status.rawValue, finding.basis?.rawValue, finding.expected, finding.observed, finding.reason,
            ]
            if byWords[words] == nil { order.append(words) }
            byWords[words, default: []].append(finding)
        }
        return order.compactMap { byWords[$0] }
    }

    /// - Parameter alike: findings that say the same; not empty.
    private static func lines(of alike: [Finding]) -> [String] {
        let subject = subjects(alike.map(\.place).map(TextStyle.harmless))
        let reasons = alike[0].reason.map(TextStyle.lines) ?? []
        let comparison = comparison(of: alike[0])
        if comparison.isEmpty, reasons.count == 1 { return ["\(subject): \(reasons[0])"] }
        return [comparison.isEmpty ? subject : "\(subject): \(comparison)"] + reasons.map { "  \($0)" }
    }

    /// `a`, `a, b`, or `orders_2025_05 … orders_2026_12 (20)`.
    static func subjects(_ names: [String]) -> String {
        names.count <= 3 ? names.joined(separator: ", ") : "\(names[0]) … \(names[names.count - 1]) (\(names.count))"
    }

    /// The checks alone: all of them have one reason.
    private static func names(of findings: [Finding]) -> [String] {
        findings.isEmpty ? [] : [findings.map { TextStyle.harmless($0.id.rawValue) }.joined(separator: ", ")]
    }

    /// `expected 10000 (manifest), found 9998`, or the parts of it that are known.
    package static func comparison(of finding: Finding) -> String {
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

    /// One line for each check that was asked: how many of its subjects passed, and the results of the others.
    private static func tally(_ findings: [Finding]) -> [String] {
        TextStyle.columns(
            groups(findings.filter { $0.status != .notRun }).map { group in
                [TextStyle.harmless(group.id.rawValue), outcome(of: group.findings)]
            })
    }

    /// `40 passed, 1 failed, 2 hazards`.
    static func outcome(of findings: [Finding]) -> String {
        let counts = Dictionary(grouping: findings, by: \.status).mapValues(\.count)
        let words: [(CheckStatus, String)] = [
            (.passed, "passed"), (.failed, "failed"), (.inconclusive, "inconclusive"), (.notRun, "not run"),
        ]
        let hazards = findings.count { $0.hazard == true }
        let told = words.compactMap { status, word in counts[status].map { "\($0) \(word)" } }
        return (told + (hazards > 0 ? [counted(hazards, "hazard")] : [])).joined(separator: ", ")
    }

    static func groups(_ findings: [Finding]) -> [(id: CheckID, findings: [Finding])] {
        var order: [CheckID] = []
        for finding in findings where !order.contains(finding.id) { order.append(finding.id) }
        let byCheck = Dictionary(grouping: findings, by: \.id)
        return order.map { ($0, byCheck[$0] ?? []) }
    }
}
