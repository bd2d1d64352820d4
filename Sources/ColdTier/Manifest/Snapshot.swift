/// What transactions were finished when rows were read: the text of `pg_current_snapshot()`, `xmin:xmax:xip,xip,…`, whose
/// numbers count on beyond 2^32 (PostgreSQL documentation, 9.27.11, "pg_snapshot").
struct Snapshot: Equatable {
    /// All before it were finished.
    var minimum: UInt64
    /// It and all after it were not.
    var maximum: UInt64
    /// Between the two, those that were not.
    var running: [UInt64]

    /// - Returns: nil for text that is none.
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
