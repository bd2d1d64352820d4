import Evidence
import Findings
import FoundationEssentials
import Ledger
import Pages
import Report

/// Takes a file of a site: its name and its bytes.
package typealias SiteFileSink = (String, [UInt8]) throws -> Void

extension SiteContents {
    /// Makes all pages, one after the other. The same contents give the same bytes.
    package func pages(to sink: SiteFileSink) throws {
        let plans = PlanState.all(self)
        func put(_ name: String, _ page: Any, _ template: String) throws {
            try sink(name, Array((PageTemplates.render(page, template) + "\n").utf8))
        }
        try put(SiteNames.index, IndexPage(self, plans), "site-index")
        try put(SiteNames.ledger, LedgerPage(self), "site-ledger")
        if !cold.isEmpty { try put(SiteNames.cold, ColdPage(self), "site-cold") }
        let byPlan = Dictionary(grouping: reports.entries, by: \.report.plan)
        for plan in plans {
            let state = PlanState(plan.name, byPlan[plan.name] ?? [], self, from: "../")
            try put(SiteNames.page(ofPlan: plan.name), PlanPage(self, state), "site-plan")
        }
        for entry in reports.entries {
            let earlier = (byPlan[entry.report.plan] ?? []).map(\.report)
            try report(entry, hasPlan: true, .drills(earlier), sink)
        }
        for entry in reports.inspections { try report(entry, hasPlan: byPlan[entry.report.plan] != nil, nil, sink) }
    }

    private func report(
        _ entry: CataloguedReport<some TestedPredicate>, hasPlan: Bool, _ history: ReportHistory?, _ sink: SiteFileSink
    ) throws {
        guard let key = entry.signer else { return }
        let name = entry.file.lastComponent?.string ?? ""
        let source = PageSource(
            file: name, sha256: entry.digest, signature: .verified(key, at: now),
            approvals: Approvals(
                of: entry.report, signedBy: key, sha256: entry.digest, additions.ofReport(name), ring),
            additions: additions, actions: actions, history: history)
        var page = ReportPage(AnyReport(entry), source)
        page.site = ReportPage.Site(
            home: "../\(SiteNames.index)", planPage: hasPlan ? "../\(SiteNames.page(ofPlan: entry.report.plan))" : nil,
            ledger: "../\(SiteNames.ledger)")
        try sink(SiteNames.page(ofReport: name), Array(page.html.utf8))
    }
}

/// What stands above every page but those of reports.
struct SiteTop: Sendable {
    let title: String
    let home: String
    let ledger: String
    let cold: String?
    let made: String
    let madeMachine: String

    init(_ title: String, _ contents: SiteContents, from folder: String = "") {
        self.title = title
        home = folder + SiteNames.index
        ledger = folder + SiteNames.ledger
        cold = contents.cold.isEmpty ? nil : folder + SiteNames.cold
        made = Timestamp.plain(contents.now)
        madeMachine = Timestamp.machine(contents.now)
    }
}

/// Every plan's state at a glance.
struct IndexPage: Sendable {
    let top: SiteTop
    let plans: [PlanState]
    let summary: String
    let ledger: LedgerState
    let inspections: [Inspection]
    /// Files that are no genuine reports.
    let refused: [String]
    let moreRefused: String?

    struct Inspection: Sendable {
        let name: String
        let time: String
        let page: String
        let mark: Mark
    }

    /// More files than these are only counted.
    private static let most = 50

    init(_ contents: SiteContents, _ plans: [PlanState]) {
        top = SiteTop("Recovery drills", contents)
        self.plans = plans
        let needed = plans.count { $0.look != "good" }
        summary =
            plans.isEmpty
            ? "There is no drill yet."
            : needed == 0
                ? "\(plans.count == 1 ? "The plan is" : "All \(plans.count) plans are") in good order."
                : "\(needed) of \(counted(plans.count, "plan")) \(needed == 1 ? "needs" : "need") attention."
        ledger = LedgerState(contents.audit)
        inspections = contents.reports.inspections.reversed().prefix(Self.most).map { entry in
            Inspection(
                name: entry.report.backup.name, time: Timestamp.plain(entry.report.started),
                page: SiteNames.page(ofReport: entry.file.lastComponent?.string ?? ""),
                mark: Mark(entry.report.verdict, entry.report.cause))
        }
        refused = contents.reports.refusals.prefix(Self.most).map(\.description)
        let left = contents.reports.refusals.count - refused.count
        moreRefused = left > 0 ? "and \(left) more" : nil
    }
}

/// One plan: how it stands, its trend, its drills.
struct PlanPage: Sendable {
    let top: SiteTop
    let state: PlanState
    let history: History
    let actions: [Action]

    struct Action: Sendable {
        let mark: Mark
        let what: String
        let words: String
        let page: String
    }

    init(_ contents: SiteContents, _ state: PlanState) {
        top = SiteTop(state.name, contents, from: "../")
        self.state = state
        history = state.history
        actions = contents.actions.items.filter { $0.annotation.report.plan == state.name && $0.finding != nil }.map {
            Action(
                mark: $0.isOpen ? .unsure("open") : .good("closed"), what: $0.finding?.description ?? "",
                words: $0.annotation.words, page: "../\(SiteNames.page(ofReport: $0.reportFile))")
        }
    }
}

/// What was found of the ledger, in a line.
struct LedgerState: Sendable {
    let mark: Mark
    let words: String

    init(_ audit: LogAudit?) {
        guard let audit else {
            mark = .plain("No ledger")
            words = "There is no ledger here, so a drill that is missing does not show."
            return
        }
        let (word, sentence) = audit.result
        mark = audit.isGood ? .good(word) : audit.isDamaged ? .bad(word) : .unsure(word)
        words = sentence
    }
}

/// The ledger.
struct LedgerPage: Sendable {
    let top: SiteTop
    let state: LedgerState
    let facts: [Fact]
    let remarks: [Remarks]
    let unended: [String]
    let entries: [Entry]
    let older: String?
    let warning: String?

    struct Fact: Sendable {
        let name: String
        let value: String
        let isCode: Bool
    }

    struct Remarks: Sendable {
        let title: String
        let look: String
        let words: [String]
    }

    struct Entry: Sendable {
        let index: Int64
        let time: String
        let kind: String
        let plan: String?
        let verdict: Mark?
        let file: String?
    }

    /// More entries than these are only counted.
    private static let most = 500

    init(_ contents: SiteContents) {
        top = SiteTop("Ledger", contents)
        state = LedgerState(contents.audit)
        guard let audit = contents.audit else {
            (facts, remarks, unended, entries, older, warning) = ([], [], [], [], nil, nil)
            return
        }
        var facts = [Fact(name: "ledger", value: audit.location, isCode: true)]
        if let checkpoint = audit.checkpoint {
            facts += [
                Fact(name: "log", value: checkpoint.origin, isCode: true),
                Fact(name: "size", value: counted(checkpoint.size, "entry", "entries"), isCode: false),
                Fact(name: "root", value: checkpoint.root.base64, isCode: true),
            ]
        }
        facts += audit.verifierKeys.map { Fact(name: "key", value: $0, isCode: true) }
        facts.append(
            Fact(name: "reports", value: "\(audit.goodReports) as they were entered", isCode: false))
        self.facts = facts
        remarks = audit.titledRemarks.map { kind, title, remarks in
            Remarks(
                title: title, look: kind == .damaged ? "bad" : kind == .unexplained ? "unsure" : "plain",
                words: remarks.map(\.words))
        }
        unended = UnendedDrills.all(in: audit.entries).map(\.words)
        entries = audit.entries.suffix(Self.most).reversed().map { numbered in
            let entry = numbered.entry
            return Entry(
                index: numbered.index, time: Timestamp.plain(entry.time), kind: entry.kind.rawValue, plan: entry.plan,
                verdict: entry.verdict.map { Mark($0, nil) }, file: entry.file ?? entry.text)
        }
        let left = audit.entries.count - entries.count
        older = left > 0 ? "and \(counted(left, "older entry", "older entries"))" : nil
        warning = audit.anchors == 0 ? LogAudit.whoCanRewrite : nil
    }
}

/// Cold storage, by table and month.
struct ColdPage: Sendable {
    let top: SiteTop
    let places: [ColdPlace]

    init(_ contents: SiteContents) {
        top = SiteTop("Cold storage", contents)
        places = contents.cold
    }
}
