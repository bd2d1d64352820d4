import Evidence
import Findings
import FoundationEssentials
import Report

/// A report as pages show it: each value in the form that people read. Every renderer of pages draws this and nothing else, and none
/// decides anything: verdict, cause and the status of each check are the report's.
///
/// Texts are as they come from the report. Whoever renders them makes them harmless (``PageTemplates``).
package struct ReportPage: Sendable {
    /// `Drill` or `Inspection`.
    let kind: String
    let isDrill: Bool
    /// The pages around it; nil for a page that stands alone.
    package var site: Site?
    let plan: String
    let id: String
    /// `shop, 2026-11-23 04:12:07 UTC`.
    let title: String
    let result: Result
    /// Which backup, how old, how long it took.
    let lead: String
    /// What must be read before the verdict is believed, such as that nothing kept the backup from changing it.
    let warnings: [String]
    let signature: Signature
    let objectives: [Objective]
    /// Each that was checked; empty where that is one.
    let databases: [DatabaseOutcome]
    /// Findings that a reader must see first.
    let attention: [Group]
    let timeline: Timeline?
    /// Nil where no earlier drills were to be shown.
    let history: History?
    let checks: [Check]
    /// What was not asked and is no flaw.
    let notAsked: [Group]
    /// Every check that was not run, for whatever reason.
    let notRun: [Check]
    let tables: TableList?
    let backup: [Fact]
    let run: [Fact]
    let environment: [Fact]
    let cleanup: [Cleaned]
    let people: People?
    let verification: Verification
    let times: Times

    /// The verdict in words.
    package struct Result: Sendable {
        let mark: Mark
        /// `PASSED`.
        let word: String
        /// `, with 2 hazards of the source`; nil mostly.
        let limit: String?
        let sentence: String
        /// The report's word for who or what is at fault; nil if it passed.
        let cause: String?
        // Which picture stands beside it.
        let isGood: Bool
        let isBad: Bool
        let isUnsure: Bool
    }

    /// Where other pages of a site are, from this one.
    package struct Site: Sendable {
        let home: String
        /// Nil where the plan has none.
        let planPage: String?
        let ledger: String

        package init(home: String, planPage: String?, ledger: String) {
            (self.home, self.planPage, self.ledger) = (home, planPage, ledger)
        }
    }

    struct Fact: Sendable {
        let name: String
        let value: String
        /// Digits of a digest, a path, or an id.
        var isCode = false
    }

    struct Objective: Sendable {
        let name: String
        let target: String?
        let measured: String
        let mark: Mark
        let words: [String]
        /// How much of the target was used, drawn; nil without both numbers.
        let gauge: Gauge?
    }

    /// A bar of 100 units. What is beyond the target is drawn to twice of it.
    struct Gauge: Sendable {
        let width: String
        let look: String
        /// Where the target is.
        let target: String
        let words: String
    }

    /// Findings under one title.
    struct Group: Sendable {
        let title: String
        let look: String
        let checks: [Check]
    }

    struct Check: Sendable {
        let id: String
        /// Nil where the page has no place for it.
        let anchor: String?
        let mark: Mark
        /// `40 passed, 1 failed`.
        let outcome: String
        let rows: [Row]
        let more: String?
        /// Whether there is more to see than that it passed.
        let isOpen: Bool
    }

    struct Row: Sendable {
        let subject: String
        let mark: Mark
        let expected: String?
        let basis: String?
        let observed: String?
        let reasons: [String]
        /// Something was expected.
        let isCompared: Bool
        /// The whole of it on one line, for renderers that have no table.
        let line: String
        let seconds: String?
        let isFailed: Bool
        let isInconclusive: Bool
        let isNotRun: Bool
    }

    struct TableList: Sendable {
        let heading: String
        let rows: [TableRow]
        let more: String?
        let hasNewest: Bool
    }

    struct TableRow: Sendable {
        let name: String
        let kind: String?
        let rows: String
        let digest: String?
        let newest: String?
    }

    struct Cleaned: Sendable {
        let mark: Mark
        let what: String
        let verified: String
    }

    struct Times: Sendable {
        let started: String
        /// `2026-11-23T04:12:07.250Z`.
        let startedMachine: String
        /// Without a fraction and a zone, as JUnit wants it.
        let startedSecond: String
        let finished: String
        let seconds: String
    }
}

/// How something stands: never by its colour alone.
package struct Mark: Sendable, Equatable {
    /// Of CSS: `good`, `bad`, `unsure`, `plain`.
    package let look: String
    let symbol: String
    package let word: String

    package static func good(_ word: String) -> Mark { Mark(look: "good", symbol: "✓", word: word) }
    package static func bad(_ word: String) -> Mark { Mark(look: "bad", symbol: "✕", word: word) }
    package static func unsure(_ word: String) -> Mark { Mark(look: "unsure", symbol: "?", word: word) }
    package static func plain(_ word: String) -> Mark { Mark(look: "plain", symbol: "–", word: word) }

    init(look: String, symbol: String, word: String) {
        (self.look, self.symbol, self.word) = (look, symbol, word)
    }

    init(_ finding: Finding) {
        switch finding.status {
        case .passed where finding.hazard == true: self = Mark(look: "unsure", symbol: "!", word: "hazard")
        case .passed: self = .good("passed")
        case .failed: self = .bad("failed")
        case .inconclusive: self = .unsure("inconclusive")
        case .notRun: self = .plain("not run")
        }
    }

    package init(_ verdict: Verdict, _ cause: Cause?) {
        switch verdict {
        case .passed: self = .good("passed")
        case .failed: self = .bad("failed")
        case .inconclusive: self = .unsure(cause == .interrupted ? "interrupted" : "inconclusive")
        }
    }
}

/// What is known about the file that a page is made from.
package struct PageSource: Sendable {
    /// What was done about its signature.
    package enum Signature: Sendable {
        case unsigned
        case unchecked
        case verified(KeyRing.Key, at: Date)
        /// By the drill that signs it and makes the page.
        case made(PublicKey)
    }

    /// The name of the report's file, without a directory.
    package var file: String
    /// Of its bytes, in lowercase hex.
    package var sha256: String
    package var signature: Signature
    /// Who has approved it; nil where that was not verified.
    package var approvals: Approvals?
    package var additions: StoredAdditions?
    package var actions: CorrectiveActions?
    package var history: ReportHistory?

    package init(
        file: String, sha256: String, signature: Signature, approvals: Approvals? = nil,
        additions: StoredAdditions? = nil, actions: CorrectiveActions? = nil, history: ReportHistory? = nil
    ) {
        self.file = file
        self.sha256 = sha256
        self.signature = signature
        self.approvals = approvals
        self.additions = additions
        self.actions = actions
        self.history = history
    }
}

/// Earlier drills for a page.
package enum ReportHistory: Sendable {
    /// Verified, in the order in which they started; the drill of the page may be among them.
    case drills([Report])
    /// Why they are not shown, as a sentence.
    case none(String)
}
