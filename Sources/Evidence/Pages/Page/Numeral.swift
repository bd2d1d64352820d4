import FoundationEssentials

/// Numbers as pages have them, the same in every locale.
package enum Numeral {
    /// With so many places behind the point: `12.50`. What is not finite is 0.
    static func text(_ number: Double, places: Int) -> String {
        guard number.isFinite, abs(number) < 1e12 else { return "0" }
        let scale = [1, 10, 100, 1000][min(places, 3)]
        let scaled = Int((number * Double(scale)).rounded())
        let sign = scaled < 0 ? "-" : ""
        guard places > 0 else { return "\(scaled)" }
        let fraction = String(scaled.magnitude % UInt(scale))
        return "\(sign)\(scaled.magnitude / UInt(scale))."
            + String(repeating: "0", count: min(places, 3) - fraction.count) + fraction
    }

    /// `1 234 567`, with narrow spaces that do not break (ISO 80000-1).
    package static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202f}" }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }
}
