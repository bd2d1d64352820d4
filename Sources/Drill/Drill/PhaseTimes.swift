import Findings
import Foundation
import Report

/// A point in time: on the clock that only goes forward, which seconds are measured with, and on the calendar.
struct Moment: Sendable {
    let instant: ContinuousClock.Instant
    let date: Date

    static var now: Moment { Moment(instant: .now, date: Date()) }

    func later(by duration: Duration) -> Moment {
        Moment(instant: instant + duration, date: date + duration / .seconds(1))
    }
}

/// When each phase of a drill began and ended. Phases may overlap.
struct PhaseTimes: Sendable {
    private struct Span {
        let phase: DrillPhase
        let began: Moment
        /// Nil while the phase runs.
        var ended: Moment?
    }

    /// In the order in which they began.
    private var spans: [Span] = []

    mutating func begin(_ phase: DrillPhase, at moment: Moment = .now) {
        spans.append(Span(phase: phase, began: moment))
    }

    func isRunning(_ phase: DrillPhase) -> Bool { spans.contains { $0.phase == phase && $0.ended == nil } }

    /// Ends a phase. If it was begun twice, the later one ends; if it does not run, nothing happens.
    mutating func end(_ phase: DrillPhase, at moment: Moment = .now) {
        guard let index = spans.lastIndex(where: { $0.phase == phase && $0.ended == nil }) else { return }
        spans[index].ended = moment
    }

    /// Ends every phase that still runs.
    mutating func endAll(at moment: Moment = .now) {
        for index in spans.indices where spans[index].ended == nil { spans[index].ended = moment }
    }

    /// The phases that have ended, in the order in which they began.
    var ended: [Report.Phase] {
        spans.compactMap { span in
            span.ended.map { ended in
                Report.Phase(
                    span.phase, started: span.began.date,
                    seconds: (ended.instant - span.began.instant) / .seconds(1))
            }
        }
    }

    /// The seconds during which at least one recovery phase ran (``Findings/DrillPhase/isRecovery``), of those that have
    /// ended.
    ///
    /// For phases that follow one another this is the sum of their times. Time in which two of them overlap counts
    /// once, and time between two of them, such as that of `digest` between `fetch` and `restore`, does not count.
    var recoverySeconds: Double {
        let spans = spans.compactMap { span in
            span.ended.flatMap { span.phase.isRecovery ? (from: span.began.instant, to: $0.instant) : nil }
        }
        var (sum, counted) = (Duration.zero, ContinuousClock.Instant?.none)
        for span in spans.sorted(by: { $0.from < $1.from }) {
            let from = max(span.from, counted ?? span.from)
            if span.to > from { sum += span.to - from }
            counted = max(span.to, counted ?? span.to)
        }
        return sum / .seconds(1)
    }
}
