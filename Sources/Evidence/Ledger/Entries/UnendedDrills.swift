/// Drills that have begun and not ended, as far as the ledger knows.
package enum UnendedDrills {
    /// Drills of a plan since the last one that was reported, the newest first. Those before were told by that one.
    /// - Parameter entries: in their order.
    package static func sinceLastReport(of plan: String, in entries: [NumberedEntry]) -> [NumberedEntry] {
        var (ends, unended): ([String: LedgerEntry], [NumberedEntry]) = ([:], [])
        for numbered in entries.reversed() where numbered.entry.plan == plan {
            guard let run = numbered.entry.run else { continue }
            switch numbered.entry.kind {
            case .finished: ends[run] = numbered.entry
            case .started:
                guard let end = ends[run] else {
                    unended.append(numbered)
                    continue
                }
                if end.ending == nil { return unended }
            default: continue
            }
        }
        return unended
    }

    /// All of a ledger.
    package static func all(in entries: [NumberedEntry]) -> [NumberedEntry] {
        let ended = Set(entries.filter { $0.entry.kind == .finished }.compactMap(\.entry.run))
        return entries.filter { numbered in
            numbered.entry.kind == .started && numbered.entry.run.map { !ended.contains($0) } == true
        }
    }
}
