import Evidence
import Findings

extension LogAudit {
    /// Checks that the history of the keys has every change in the ledger: if its last lines were cut, a retired key would count.
    /// - Parameter history: nil if the reader has none.
    mutating func keys(_ history: KeyHistory?) {
        let own = entries.filter { $0.entry.kind == .key && $0.entry.envelope != nil }
        guard let history else {
            if !own.isEmpty {
                note("\(counted(own.count, "change")) of keys not verified: name the history with --key-history")
            }
            return
        }
        let lines = Set(history.lines.map(\.sha256))
        for entry in own where !lines.contains(entry.entry.envelope!) {
            damaged(
                "the history of keys, \(KeyHistory.fileName), lacks the change of entry \(entry.index): \(entry.entry.text ?? ""); it was cut, or is another one",
                entry: entry.index)
        }
        let entered = Set(own.compactMap(\.entry.envelope))
        for line in history.lines where !entered.contains(line.sha256) {
            note(
                "the change of keys \(line.change.number) (\(line.change.change) \(line.change.key.prefix(16))…) has no entry"
            )
        }
    }
}
