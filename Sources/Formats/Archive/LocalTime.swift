/// A wall clock time of the machine that ran `pg_dump`. Archives do not say in which zone.
package struct LocalTime: Sendable, Hashable {
    /// 0…60; 60 is a leap second.
    package let second: Int
    /// 0…59.
    package let minute: Int
    /// 0…23.
    package let hour: Int
    /// 1…31.
    package let day: Int
    /// 1…12. The archive counts from 0.
    package let month: Int
    /// Such as 2024. The archive counts from 1900.
    package let year: Int
    /// Whether daylight saving time was in force; nil where the machine could not tell.
    package let isDST: Bool?

    /// - Parameter isDST: as in C's `struct tm`: positive, zero, or negative for "not known".
    /// - Returns: nil when a field is out of its range.
    package init?(second: Int, minute: Int, hour: Int, day: Int, month: Int, year: Int, isDST: Int) {
        guard 0...60 ~= second, 0...59 ~= minute, 0...23 ~= hour, 1...31 ~= day, 1...12 ~= month,
            1970...9999 ~= year, -1...1 ~= isDST
        else { return nil }
        self.second = second
        self.minute = minute
        self.hour = hour
        self.day = day
        self.month = month
        self.year = year
        self.isDST = isDST < 0 ? nil : isDST > 0
    }
}

extension LocalTime: CustomStringConvertible {
    /// `2024-02-29 23:59:60`, with no zone since none is known.
    package var description: String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(padded(month))-\(padded(day)) \(padded(hour)):\(padded(minute)):\(padded(second))"
    }
}
