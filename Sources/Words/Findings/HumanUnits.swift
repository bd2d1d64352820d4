/// Durations and sizes in the form that people use.
package enum HumanUnits {
    /// `420 ms`, `12.3 s`, `4 m 12 s`, `3 h`, `2 d 4 h`: two units at most, rounded once, so that no `60 s` appears.
    ///
    /// - Parameter seconds: any number; a negative one keeps its sign, one that is not finite is "unknown".
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "unknown" }
        let text = positiveDuration(abs(seconds))
        return seconds < 0 && text != "0 ms" ? "-\(text)" : text
    }

    private static func positiveDuration(_ seconds: Double) -> String {
        let milliseconds = rounded(seconds * 1000)
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = rounded(seconds * 10)
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
        let whole = rounded(seconds)
        if whole < 3600 { return pair(whole, 60, "m", "s") }
        let minutes = rounded(seconds / 60)
        if minutes < 24 * 60 { return pair(minutes, 60, "h", "m") }
        return pair(rounded(seconds / 3600), 24, "d", "h")
    }

    private static func rounded(_ number: Double) -> Int {
        Int(number.rounded())
    }

    private static func pair(_ count: Int, _ size: Int, _ large: String, _ small: String) -> String {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: size)
        return rest == 0 ? "\(whole) \(large)" : "\(whole) \(large) \(rest) \(small)"
    }

    /// `512 B`, `1.2 GB`: powers of 1000, one decimal.
    package static func bytes(_ count: Int64) -> String {
        if count.magnitude < 1000 { return "\(count) B" }
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        var (index, size) = (0, UInt64(1000))
        // Uses the next unit where this one would show 1000.0.
        while index < units.count - 1, tenths(of: count, size) >= 10_000 {
            (index, size) = (index + 1, size * 1000)
        }
        let tenths = tenths(of: count, size)
        return "\(count < 0 ? "-" : "")\(tenths / 10).\(tenths % 10) \(units[index])"
    }

    /// How many tenths of a unit of `size` bytes, rounded half up.
    private static func tenths(of count: Int64, _ size: UInt64) -> UInt64 {
        (count.magnitude + size / 20) / (size / 10)
    }
}
