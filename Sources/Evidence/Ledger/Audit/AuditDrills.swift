import Evidence
import Findings
import FoundationEssentials

extension LogAudit {
    /// By how much clocks of machines may differ without a word.
    private static let clockTolerance: TimeInterval = 60

    /// Drills without an end, drills that did not begin in time, and clocks that went back.
    mutating func drills(now: Date) {
        for drill in UnendedDrills.all(in: entries) {
            unexplained(
                "\(drill.words) has no end: it still runs, or was killed, or its end could not be entered",
                entry: drill.index)
        }
        let begun = Set(entries.filter { $0.entry.kind == .started }.compactMap(\.entry.run))
        for end in entries where end.entry.kind == .finished {
            if let run = end.entry.run, !begun.contains(run) {
                note("\(end.words) has no begin: the ledger could not be written then", entry: end.index)
            }
            if end.entry.ending == .notStored {
                unexplained("\(end.words) ended, and its report could not be stored", entry: end.index)
            }
        }
        gaps(now: now)
        clocks(now: now)
    }

    /// Between the begins of drills of a plan there must be no longer time than the plan said at the first of the two.
    private mutating func gaps(now: Date) {
        for gap in DrillGap.all(in: entries, now: now) {
            let end = gap.end.map(Timestamp.plain) ?? "now"
            unexplained(
                "plan \(gap.plan) was not drilled for \(HumanUnits.duration(gap.length)), from \(Timestamp.plain(gap.entry.entry.time)) to \(end); the plan wants a drill within \(HumanUnits.duration(gap.limit))",
                entry: gap.entry.index)
        }
    }

    private mutating func clocks(now: Date) {
        for (before, after) in zip(entries, entries.dropFirst()) {
            let back = before.entry.time.timeIntervalSince(after.entry.time)
            guard back > Self.clockTolerance else { continue }
            note(
                "the clock went back by \(HumanUnits.duration(back)) between entries \(before.index) and \(after.index): what they say of time is not certain",
                entry: after.index)
        }
        if let last = entries.last, last.entry.time.timeIntervalSince(now) > Self.clockTolerance {
            note("entry \(last.index) is of a time that has not come: a clock is wrong", entry: last.index)
        }
    }
}
