/// Which transactions were finished when rows were read: the text of `pg_current_snapshot()`, `xmin:xmax:xip,xip,…`,
/// whose numbers do not wrap around at 2^32 (PostgreSQL documentation, 9.27.11, "pg_snapshot").
struct Snapshot: Equatable {
    /// All transactions before this one were finished.
    var minimum: UInt64
    /// This transaction and all after it were not finished.
    var maximum: UInt64
    /// The transactions between the two that were not finished.
    var running: [UInt64]

    /// - Returns: nil if the text is not a snapshot.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let minimum = Self.number(parts[0]), let maximum = Self.number(parts[1]),
            minimum <= maximum
        else { return nil }
        let list = parts[2].isEmpty ? [] : parts[2].split(separator: ",", omittingEmptySubsequences: false)
        let running = list.compactMap(Self.number)
        guard running.count == list.count, running.allSatisfy({ minimum <= $0 && $0 < maximum }),
            zip(running, running.dropFirst()).allSatisfy(<)
        else { return nil }
        (self.minimum, self.maximum, self.running) = (minimum, maximum, running)
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard let number = UInt64(text), String(number) == text, number >= 3 else { return nil }
        return number
    }
}
