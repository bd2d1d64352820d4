import Foundation

/// The price of an hour of an instance. Only a plan can say it: prices differ by region, contract and day.
package struct HourlyPrice: Sendable, Equatable, CustomStringConvertible {
    package let amount: Decimal
    package let currency: String

    /// - Parameter text: `0.082 USD`.
    /// - Returns: nil if the text has another form.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{1,6}(?:\.[0-9]{1,6})?) ([A-Z]{3})/),
            let amount = Decimal(string: String(match.1), locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        self.amount = amount
        currency = String(match.2)
    }

    package var description: String { "\(amount) \(currency)" }

    /// The cost of a length of time; an hour that has begun counts as a whole hour.
    package func atMost(_ time: Duration) -> (hours: Int64, cost: String) {
        let hours = (time.components.seconds + 3599) / 3600
        return (hours, "\(amount * Decimal(hours)) \(currency)")
    }
}
