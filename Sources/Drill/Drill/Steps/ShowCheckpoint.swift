import Ledger

/// Shows the ledger's newest checkpoint to somebody outside, once the drill is entered.
struct ShowCheckpoint: ReportStep {
    let anchor: Anchor
    let run: LedgerRun

    var name: String { "anchor \(anchor.name)" }

    func perform(on finished: FinishedReport) async throws { try await run.show(to: anchor) }
}
