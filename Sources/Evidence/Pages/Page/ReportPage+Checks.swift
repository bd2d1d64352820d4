import Findings

extension ReportPage {
    /// More findings of one check than this are only counted: the report has them, and `report show --all` lists them.
    static let mostOfCheck = 1000

    /// Every check that was asked, with all that it found.
    static func checks(_ findings: [Finding]) -> [Check] {
        ReportText.groups(findings.filter { $0.status != .notRun }).enumerated().map { number, group in
            Check(
                group.id.rawValue, anchor: "check-\(number + 1)", outcome: ReportText.outcome(of: group.findings),
                group.findings, alike: group.findings.map { [$0] })
        }
    }

    /// What a reader must see first. Findings that say the same of several subjects are told once.
    /// - Parameter checks: all, which it leads to.
    static func attention(_ findings: [Finding], _ checks: [Check]) -> [Group] {
        let anchors = Dictionary(
            checks.compactMap { check in check.anchor.map { (check.id, $0) } }, uniquingKeysWith: { first, _ in first })
        return FindingSection.first.compactMap { groups($0, findings, anchors) }
    }

    /// What was not asked, and is no flaw.
    static func notAsked(_ findings: [Finding]) -> [Group] {
        [FindingSection.notConfigured, .doesNotApply].compactMap { groups($0, findings, [:]) }
    }

    /// Every check that was not run.
    static func notRun(_ findings: [Finding]) -> [Check] {
        ReportText.groups(findings.filter { $0.status == .notRun }).map { group in
            Check(group.id.rawValue, anchor: nil, outcome: "", group.findings, alike: group.findings.map { [$0] })
        }
    }

    private static func groups(_ kind: FindingSection, _ findings: [Finding], _ anchors: [String: String]) -> Group? {
        let on = findings.filter(kind.holds)
        guard !on.isEmpty else { return nil }
        let checks = ReportText.groups(on).map { group in
            Check(
                group.id.rawValue, anchor: anchors[group.id.rawValue], outcome: "", group.findings,
                alike: ReportText.alike(group.findings))
        }
        let look =
            switch kind.look {
            case .bad: "bad"
            case .unsure: "unsure"
            case .good, .bold: "plain"
            }
        return Group(title: kind.title, look: look, checks: checks)
    }
}

extension ReportPage.Check {
    /// - Parameter alike: findings that are told together.
    fileprivate init(_ id: String, anchor: String?, outcome: String, _ findings: [Finding], alike: [[Finding]]) {
        self.id = id
        self.anchor = anchor
        self.outcome = outcome
        let worst = [CheckStatus.failed, .inconclusive, .passed, .notRun].compactMap { status in
            findings.first { $0.status == status }
        }.first
        mark =
            findings.first { $0.status == .passed && $0.hazard == true }.flatMap {
                worst?.status == .passed ? Mark($0) : nil
            } ?? worst.map { Mark($0) } ?? .plain("not run")
        let shown = alike.prefix(ReportPage.mostOfCheck)
        rows = shown.map { ReportPage.Row($0) }
        let left = alike.dropFirst(shown.count).map(\.count).reduce(0, +)
        more = left > 0 ? "and \(left) more, which the report has" : nil
        isOpen = findings.contains { $0.status != .passed || $0.reason != nil }
    }
}

extension ReportPage.Row {
    /// - Parameter alike: findings that say the same; not empty.
    fileprivate init(_ alike: [Finding]) {
        subject = ReportText.subjects(alike.map(\.place))
        mark = Mark(alike[0])
        expected = alike[0].expected
        basis = alike[0].expected == nil ? nil : alike[0].basis?.rawValue
        observed = alike[0].observed
        reasons = alike[0].reason.map { $0.split(whereSeparator: \.isNewline).map(String.init) } ?? []
        isCompared = expected != nil
        line = ([ReportText.comparison(of: alike[0])] + reasons).filter { !$0.isEmpty }.joined(separator: "; ")
        seconds = alike[0].seconds.map { Numeral.text($0, places: 3) }
        isFailed = alike[0].status == .failed
        isInconclusive = alike[0].status == .inconclusive
        isNotRun = alike[0].status == .notRun
    }
}
