import Drill
import Evidence
import Findings
import Foundation
import Pages
import Restore
import Synchronization

/// Shows a running drill on standard error: on a terminal, one line that is redrawn; else a line for each phase, note
/// and finding that did not pass.
final class Progress: Sendable {
    private struct State {
        var phase = ""
        var item = ""
        var done: Int64 = 0
        var total: Int64 = 0
        var unit = ProgressUnit.bytes
        var began = ContinuousClock.now
        var drawn: ContinuousClock.Instant?
        var lineShown = false
        var findings = 0
    }

    private let state = Mutex(State())
    /// A line that is drawn over would break the lines of the log.
    private let redraws = Terminal.canRedraw && !LogOptions.showsLines

    /// How many findings are shown; the report has them all.
    private static let findingsShown = 10

    /// Time between two drawings of the line.
    private static let interval = Duration.milliseconds(100)

    /// From this time on, the line says how long a phase has run.
    private static let longPhase = Duration.seconds(3)

    /// Draws the line again every second, so that its time goes on while a long step sends no event.
    init() {
        guard redraws else { return }
        Task { [weak self] in
            while self != nil {
                try? await Task.sleep(for: .seconds(1))
                self?.state.withLock { if $0.lineShown { self?.draw(&$0) } }
            }
        }
    }

    func show(_ event: DrillEvent) {
        state.withLock { state in
            switch event {
            case .phase(let phase):
                clearLine(&state)
                state = State(phase: phase.rawValue, findings: state.findings)
                if redraws { draw(&state, force: true) } else { Terminal.note("\(phase.rawValue)\n") }
            case .note(let text):
                clearLine(&state)
                Terminal.note("  \(text)\n")
            case .item(let item):
                state.item = item
                draw(&state)
            case .progress(let done, let total, let unit):
                (state.done, state.total, state.unit) = (done, total, unit)
                draw(&state)
            case .finding(let finding):
                guard finding.status == .failed || finding.status == .inconclusive else { return }
                state.findings += 1
                guard state.findings <= Self.findingsShown else { return }
                clearLine(&state)
                Terminal.note("  \(finding.status.rawValue): \(finding.id): \(finding.place)\n")
            }
        }
    }

    /// Leaves the terminal as it was, and counts what was not shown of a drill.
    func finish() {
        state.withLock { state in
            clearLine(&state)
            let more = state.findings - Self.findingsShown
            if more > 0 { Terminal.note("  and \(more) more, in the report\n") }
            state.findings = 0
        }
    }

    private func clearLine(_ state: inout State) {
        guard state.lineShown else { return }
        Terminal.clearLine()
        state.lineShown = false
    }

    private func draw(_ state: inout State, force: Bool = false) {
        guard redraws else { return }
        let now = ContinuousClock.now
        if let drawn = state.drawn, now - drawn < Self.interval, !force { return }
        state.drawn = now
        state.lineShown = true
        let elapsed = now - state.began
        let time = elapsed < Self.longPhase ? nil : HumanUnits.duration((elapsed / .seconds(1)).rounded(.down))
        let line = [state.phase, time, Self.amount(state), Self.timeLeft(state, now), state.item]
            .compactMap { $0 }.joined(separator: "  ")
        Terminal.redraw("\(line)")
    }

    private static func amount(_ state: State) -> String? {
        guard state.total > 0 else { return nil }
        let percent = min(100, state.done * 100 / state.total)
        switch state.unit {
        case .bytes: return "\(percent) %  \(HumanUnits.bytes(state.done)) of \(HumanUnits.bytes(state.total))"
        case .entries: return "\(percent) %  \(state.done) of \(counted(state.total, "entry", "entries"))"
        }
    }

    /// Estimated from the pace so far, once there is one. Only for bytes: entries differ too much in size.
    private static func timeLeft(_ state: State, _ now: ContinuousClock.Instant) -> String? {
        let elapsed = (now - state.began) / .seconds(1)
        guard state.unit == .bytes, elapsed > 2, state.done > 0, state.total > state.done else { return nil }
        let left = elapsed * Double(state.total - state.done) / Double(state.done)
        return "about \(HumanUnits.duration(left.rounded())) left"
    }
}
