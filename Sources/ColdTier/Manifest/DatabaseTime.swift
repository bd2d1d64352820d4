/// A moment as PostgreSQL prints it with `DateStyle` ISO in UTC, to compare with another: `2022-07-31 23:59:59.5+00`, a
/// date, `infinity`, `0044-03-15 BC`.
///
/// Everything from 4713 BC to 294276 fits; the calendar is the proleptic Gregorian one, as PostgreSQL's.
struct DatabaseTime: Comparable {
    /// Since 2000 (of UTC, or of whatever a time without time zone means), as PostgreSQL counts: its last moment just fits.
    var microseconds: Int64

    static let day: Int64 = 86_400_000_000

    /// Whole days since then.
    var days: Int64 { microseconds / Self.day }

    init(microseconds: Int64) { self.microseconds = microseconds }

    /// - Returns: nil for text that PostgreSQL would not print.
    init?(_ text: String) {
        switch text {
        case "infinity": microseconds = .max
        case "-infinity": microseconds = .min
        default:
            guard
                let match = text.wholeMatch(
                    of:
                        /([0-9]{4,6})-([0-9]{2})-([0-9]{2})(?: ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?(?:\+00)?)?( BC)?/
                ), let year = Int64(match.1), let month = Int64(match.2), let date = Int64(match.3),
                (1...294_276).contains(year)
            else { return nil }
            guard
                let days = Self.days(
                    year: match.8 == nil ? year : 1 - year, month: month, day: date)
            else { return nil }
            let (hour, minute, second) = (match.4.number, match.5.number, match.6.number)
            guard hour < 24, minute < 60, second < 60 else { return nil }
            let fraction = match.7.map { $0 + String(repeating: "0", count: 6 - $0.count) }
            let seconds = (hour * 60 + minute) * 60 + second
            microseconds = days * Self.day + seconds * 1_000_000 + (fraction.flatMap { Int64($0) } ?? 0)
        }
    }

    /// The beginning of a slice's period by its name, `2022`, `2022-07` or `2022-07-01`, each with ` BC` behind it or not,
    /// in whatever time zone slices begin in.
    /// - Returns: nil for a name that is none of a period of this length.
    init?(start name: String, of period: SlicePeriod) {
        let (date, era) = name.hasSuffix(" BC") ? (String(name.dropLast(3)), " BC") : (name, "")
        switch period {
        case .day: self.init(date + era)
        case .month: self.init(date + "-01" + era)
        case .year: self.init(date + "-01-01" + era)
        }
        guard !name.contains(":"), microseconds != .max, microseconds != .min else { return nil }
    }

    static func < (one: DatabaseTime, other: DatabaseTime) -> Bool { one.microseconds < other.microseconds }

    /// Days since 2000-01-01; nil for a date that does not exist. (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", `days_from_civil`.)
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        // Years begin in March there, so that the odd day is the last of its year.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 730_425
    }
}

extension Substring? {
    /// At most six digits.
    fileprivate var number: Int64 { flatMap { Int64($0) } ?? 0 }
}
