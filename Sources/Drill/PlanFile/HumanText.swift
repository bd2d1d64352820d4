/// Lengths of time and sizes as people write them.
package enum HumanText {
    /// - Returns: nil when it is none, or longer than a hundred years.
    static func duration(_ text: String) -> Duration? {
        text.wholeMatch(of: /([0-9]{1,9}[smhdw]){1,5}/) == nil ? nil : responseTime(text)
    }

    /// A length of time that may be as short as milliseconds: `50ms`.
    /// - Returns: nil when it is none, or longer than a hundred years.
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

    /// - Returns: nil when it is none, or larger than an Int64.
    package static func bytes(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: /([0-9]{1,12})(?: ?(?:([kKMGT])(i)?B?|B))?/), let number = Int64(match.1)
        else { return nil }
        let exponent = ["", "K", "M", "G", "T"].firstIndex(of: (match.2 ?? "").uppercased())!
        let base: Int64 = match.3 == nil ? 1000 : 1024
        let factor = (0..<exponent).reduce(Int64(1)) { product, _ in product * base }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }
}
