import Archive
import Foundation

extension LocalTime {
    /// The moment at which a clock in the time zone showed this time; if it showed it twice, the first of them.
    func date(in timeZone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.date(
            from: DateComponents(
                year: year, month: month, day: day, hour: hour, minute: minute, second: min(second, 59)))
    }
}
