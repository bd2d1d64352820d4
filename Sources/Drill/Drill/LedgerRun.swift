import Evidence
import Files
import Findings
import Foundation
import Ledger
import Report
import Synchronization
import SystemPackage

/// Where the drills of a request are entered.
package struct DrillLedger: Sendable {
    package var place: LedgerPlace
    /// Within which time the plan wants the next drill to start.
    package var nextWithin: Duration?
    /// Who is shown the checkpoint of each drill.
    package var anchors: [Anchor]

    package init(_ place: LedgerPlace, nextWithin: Duration? = nil, anchors: [Anchor] = []) {
        self.place = place
        self.nextWithin = nextWithin
        self.anchors = anchors
    }
}

/// One drill in the ledger: an entry before it looks for its backup, and one when it has ended, whatever came of it.
///
/// A ledger that cannot be written keeps no drill from running and changes no verdict. It is told.
package final class LedgerRun: Sendable {
    /// Of the report.
    package let id = UUID().uuidString.lowercased()
    private let ledger: DrillLedger
    private let plan: String
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        var problem: String?
        var last: AppendedEntry?
        var proof: FilePath?
        var unended: [NumberedEntry] = []
        var passedBefore: Bool?
    }

    private init(_ ledger: DrillLedger, plan: String) {
        self.ledger = ledger
        self.plan = plan
    }

    /// Enters that a drill of a plan begins.
    /// - Parameter tell: is given what a person should know of it.
    package static func begin(_ ledger: DrillLedger, plan: String, tell: (String) -> Void) async -> LedgerRun {
        let run = LedgerRun(ledger, plan: plan)
        do {
            var entry = run.entry(.started)
            entry.nextWithin = ledger.nextWithin.map { $0.components.seconds }
            let appended = try await ledger.place.append(entry)
            let before = try await ledger.place.reader().entries(before: appended)
            let unended = UnendedDrills.sinceLastReport(of: plan, in: before)
            let end = before.last { $0.entry.kind == .finished && $0.entry.plan == plan }
            run.state.withLock { state in
                (state.last, state.unended) = (appended, unended)
                state.passedBefore = end.map { $0.entry.verdict == .passed && $0.entry.ending == nil }
            }
            for finding in run.findings { tell("ledger: \(finding.subject): \(finding.reason ?? "")") }
        } catch {
            run.note(error)
            tell("ledger: no entry of the begin of this drill: \(error)")
        }
        return run
    }

    /// An inspection has no begin in the ledger.
    static func ofInspection(_ ledger: DrillLedger, plan: String) -> LedgerRun { LedgerRun(ledger, plan: plan) }

    /// Why the ledger does not have all of this drill; nil if it has.
    package var problem: String? { state.withLock { $0.problem } }
    /// The last entry of this drill; nil if there is none.
    package var last: AppendedEntry? { state.withLock { $0.last } }
    /// The proof beside the report.
    package var proof: FilePath? { state.withLock { $0.proof } }

    /// Whether the drill of this plan before this one passed; nil if the newest entries have none.
    package var passedBefore: Bool? { state.withLock { $0.passedBefore } }

    /// Drills of this plan before this one that have no end.
    var findings: [Finding] { state.withLock { $0.unended }.map { Finding(unended: $0) } }

    // MARK: Ends

    /// Enters a stored report, and writes the proof of it beside it.
    func end(_ finished: FinishedReport, as kind: LedgerEntry.Kind) async throws {
        var entry = entry(kind)
        let report = finished.report
        entry.run = report.id
        entry.verdict = report.verdict
        entry.backup = report.backup.digest.isEmpty ? nil : report.backup.digest
        entry.envelope = finished.sha256
        entry.file = finished.file.lastComponent?.string
        entry.approval = report.approval
        state.withLock { $0.isEnded = true }
        do {
            let appended = try await ledger.place.append(entry)
            state.withLock { $0.last = appended }
            let file = FilePath(finished.file.string + LogProof.nameEnd)
            try Files.replace(
                file, with: appended.proof.encoded, mode: [.ownerReadWrite, .groupRead, .otherRead])
            state.withLock { $0.proof = file }
        } catch {
            note(error)
            throw error
        }
    }

    /// Enters that the drill has ended and that there is no report of it, unless its end is entered already.
    package func endWithoutReport(_ ending: LedgerEntry.Ending, verdict: Verdict? = nil) async {
        let isFirst = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        guard isFirst else { return }
        var entry = entry(.finished)
        entry.verdict = verdict
        entry.ending = ending
        do {
            let appended = try await ledger.place.append(entry)
            state.withLock { $0.last = appended }
        } catch {
            note(error)
        }
    }

    // MARK: Others

    /// Enters that somebody could not be told of this drill. What keeps that from being entered is told.
    package func note(untold notifier: String, _ reason: String) async {
        var entry = entry(.note)
        (entry.notifier, entry.text) = (notifier, "\(notifier) was not told: \(reason)")
        do {
            _ = try await ledger.place.append(entry)
        } catch {
            note(error)
        }
    }

    /// What is done with a stored report: it is entered, and its checkpoint is shown to those outside.
    func steps(_ kind: LedgerEntry.Kind) -> [any ReportStep] {
        [EnterInLedger(run: self, kind: kind)] + ledger.anchors.map { ShowCheckpoint(anchor: $0, run: self) }
    }

    /// Shows the checkpoint of the last entry of this drill to somebody outside.
    func show(to anchor: Anchor) async throws {
        guard let last else { throw AnchorError.noCheckpoint }
        try await ledger.place.show(last, to: anchor)
    }

    private func entry(_ kind: LedgerEntry.Kind) -> LedgerEntry {
        var entry = LedgerEntry(kind, time: Date())
        entry.plan = plan
        entry.run = id
        return entry
    }

    private func note(_ error: any Error) { state.withLock { $0.problem = $0.problem ?? "\(error)" } }
}

extension Finding {
    /// A drill that has begun and of which nothing more is known.
    init(unended drill: NumberedEntry) {
        self.init(
            id: .ledger, subject: "drill \(drill.entry.run ?? "") of \(Timestamp.plain(drill.entry.time))",
            status: .passed, basis: .history, expected: "its end in the ledger", observed: "no end",
            reason:
                "its begin is entry \(drill.index) of the ledger: it still runs, or was killed, or its end could not be entered; if none of these, look for who stopped it"
        )
    }
}

/// What is done first with a stored report: it is entered in the ledger.
struct EnterInLedger: ReportStep {
    let run: LedgerRun
    let kind: LedgerEntry.Kind

    var name: String { "ledger" }

    func perform(on finished: FinishedReport) async throws { try await run.end(finished, as: kind) }
}
