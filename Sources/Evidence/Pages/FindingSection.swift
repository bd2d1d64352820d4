import Findings

/// The sections of a report's findings, the most important first: what is wrong, what is not known, what the plan skips. What does
/// not apply is last. Each finding is in exactly one section.
enum FindingSection: CaseIterable {
    case failed, inconclusive, skipped, lacking, closed, stopped, hazards
    /// Others that passed and have a reason: nothing is wrong, but a person may want to know it.
    case worthKnowing
    case passed, notConfigured, doesNotApply

    /// The sections that a reader must see first.
    static let first: [FindingSection] = [
        .failed, .inconclusive, .skipped, .lacking, .closed, .stopped, .hazards, .worthKnowing,
    ]

    var title: String {
        switch self {
        case .failed: "Failed"
        case .inconclusive: "Inconclusive"
        case .skipped: "Not run: skipped by the plan"
        case .lacking: "Not run: this machine lacks something"
        case .closed: "Not run: nobody may connect to the database"
        case .stopped: "Not run: the drill stopped earlier"
        case .hazards: "Hazards of the source"
        case .worthKnowing: "Worth knowing"
        case .passed: "Passed"
        case .notConfigured: "Not run: not configured"
        case .doesNotApply: "Not run: does not apply"
        }
    }

    var look: TextStyle.Look {
        switch self {
        case .failed: .bad
        case .inconclusive, .skipped, .lacking, .closed, .stopped, .hazards: .unsure
        case .worthKnowing, .passed, .notConfigured, .doesNotApply: .bold
        }
    }

    func holds(_ finding: Finding) -> Bool {
        switch self {
        case .failed: finding.status == .failed
        case .inconclusive: finding.status == .inconclusive
        case .skipped: finding.gap == .skipped
        case .lacking: finding.gap == .lacking
        case .closed: finding.gap == .closed
        case .stopped: finding.gap == .stopped
        case .hazards: finding.hazard == true
        case .worthKnowing: finding.status == .passed && finding.reason != nil && finding.hazard != true
        case .passed: finding.status == .passed && finding.reason == nil
        case .notConfigured: finding.gap == .notConfigured
        case .doesNotApply: finding.status == .notRun && (finding.gap == nil || finding.gap == .doesNotApply)
        }
    }
}
