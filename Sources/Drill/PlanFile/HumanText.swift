/// Lengths of time and sizes as people write them.
package enum HumanText {
    /// - Returns: nil if the text is not a length of time, or is longer than a hundred years.
    package static func duration(_ text: String) -> Duration? {
        text.wholeMatch(of: /([0-9]{1,9}[smhdw]){1,5}/) == nil ? nil : responseTime(text)
    }

    /// A length of time that may be as short as milliseconds: `50ms`.
    /// - Returns: nil if the text is not a length of time, or is longer than a hundred years.
    static func responseTime(_ text: String) -> Duration? {
        let units: [Substring: Int64] = [
            "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        // Five parts at most, so that the sum cannot overflow.
        guard text.wholeMatch(of: /([0-9]{1,9}(ms|[smhdw])){1,5}/) != nil else { return nil }
        var total: Int64 = 0
        for part in text.matches(of: /([0-9]+)(ms|[smhdw])/) { total += Int64(part.1)! * units[part.2]! }
        return total <= 100 * 365 * 86_400_000 ? .milliseconds(total) : nil
    }

    /// - Returns: nil if the text is not a size, or is larger than an Int64.
    package static func bytes(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: /([0-9]{1,12})(?: ?(?:([kKMGT])(i)?B?|B))?/), let number = Int64(match.1)
        else { return nil }
        let exponent = ["", "K", "M", "G", "T"].firstIndex(of: (match.2 ?? "").uppercased())!
        let base: Int64 = match.3 == nil ? 1000 : 1024
        let factor = (0..<exponent).reduce(Int64(1)) { product, _ in product * base }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// A length of time in the form in which a plan has it: `24h`, `90m`, `45s`, `1500ms`. If it is no multiple of one unit,
    /// the two largest units that it has: `1h 1m`.
    /// - Parameter duration: not negative. It is told in milliseconds unless it has whole seconds.
    package static func text(_ duration: Duration) -> String {
        // Not `duration / .seconds(1)`, which is slightly less than 3661 for 3661 s.
        let (seconds, attoseconds) = duration.components
        guard attoseconds == 0 else { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, Int64)]
        where seconds >= size && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        .filter { $0.0 > 0 }
        return parts.isEmpty ? "0s" : parts.prefix(2).map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
