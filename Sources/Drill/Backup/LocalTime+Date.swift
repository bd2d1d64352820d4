import Archive
import Foundation

extension LocalTime {
    /// The moment that this was on a clock in a time zone; where a clock shows the same time twice, the first.
    func date(in timeZone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.date(
            from: DateComponents(
                year: year, month: month, day: day, hour: hour, minute: minute, second: min(second, 59)))
    }
}
