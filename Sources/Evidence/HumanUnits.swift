/// Durations and sizes as people say them.
package enum HumanUnits {
    /// `420 ms`, `12.3 s`, `4 m 12 s`, `3 h 5 m`, `2 d 4 h`: two units at most, rounded once, so that no `60 s` appears.
    ///
    /// - Parameter seconds: any number; a negative one keeps its sign, one that is not finite is "unknown".
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "unknown" }
        let text = positiveDuration(abs(seconds))
        return seconds < 0 && text != "0 ms" ? "-\(text)" : text
    }

    private static func positiveDuration(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = Int((seconds * 10).rounded())
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) m \(whole % 60) s" }
        let minutes = Int((seconds / 60).rounded())
        if minutes < 24 * 60 { return "\(minutes / 60) h \(minutes % 60) m" }
        let hours = Int((seconds / 3600).rounded())
        return "\(hours / 24) d \(hours % 24) h"
    }

    /// `512 B`, `1.2 GB`: powers of 1000, one decimal.
    package static func bytes(_ count: Int64) -> String {
        if count.magnitude < 1000 { return "\(count) B" }
        var tenths = count.magnitude
        for unit in ["kB", "MB", "GB", "TB", "PB", "EB"] {
            // Tenths of this unit, rounded half up; the next unit takes over where that would read 1000.0.
            let rounded = (tenths + 50) / 100
            if rounded < 10_000 || unit == "EB" {
                return "\(count < 0 ? "-" : "")\(rounded / 10).\(rounded % 10) \(unit)"
            }
            tenths /= 1000
        }
        return "\(count) B"
    }
}
