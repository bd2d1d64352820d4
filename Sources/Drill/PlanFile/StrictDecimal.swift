import Foundation

extension Decimal {
    /// A number as PostgreSQL, YAML and JSON write it.
    /// - Returns: nil for anything else, and for one beyond the range of `Decimal`.
    package init?(strictly text: String) {
        guard text.wholeMatch(of: /[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?/) != nil,
            let number = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")), number.isFinite
        else { return nil }
        self = number
    }
}
