import FoundationEssentials

/// A time without a drill that is longer than the plan wanted at its begin.
package struct DrillGap: Sendable, Equatable {
    package let plan: String
    /// The entry of the last drill before it.
    package let entry: NumberedEntry
    /// When the next one began; nil if there was none yet.
    package let end: Date?
    /// Seconds, until `end` or until now.
    package let length: TimeInterval
    /// The most seconds that the plan wanted between the begins of two drills.
    package let limit: TimeInterval

    /// All of a ledger, plan by plan.
    /// - Parameter entries: in their order.
    package static func all(in entries: [NumberedEntry], now: Date) -> [DrillGap] {
        let begins = Dictionary(grouping: entries.filter { $0.entry.kind == .started }) { $0.entry.plan ?? "" }
        return begins.sorted { $0.key < $1.key }.flatMap { plan, drills in
            drills.enumerated().compactMap { number, drill in
                guard let limit = drill.entry.nextWithin else { return nil }
                let next = number + 1 < drills.count ? drills[number + 1].entry.time : nil
                let length = (next ?? now).timeIntervalSince(drill.entry.time)
                guard length > TimeInterval(limit) else { return nil }
                return DrillGap(plan: plan, entry: drill, end: next, length: length, limit: TimeInterval(limit))
            }
        }
    }
}
