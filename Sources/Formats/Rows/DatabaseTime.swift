/// A moment as PostgreSQL prints it: a `timestamptz` in UTC, a `timestamp` or a `date`, with `DateStyle` ISO.
///
/// It compares as the server compares values of one type, infinities included. It reads exactly the texts that the
/// server prints, so ``description`` gives the same text again.
package struct DatabaseTime: Sendable {
    /// Days since 1970-01-01, in the proleptic Gregorian calendar as PostgreSQL uses it; `Int64.max` and `.min` for the
    /// infinities. Kept apart from the time of the day because dates go up to the year 5874897, for which 64 bits of
    /// microseconds are too few.
    package let days: Int64
    /// Microseconds of the day, 0 to 86,399,999,999.
    package let microseconds: Int64
    package let form: Form

    /// Which type it is of.
    package enum Form: UInt8, Sendable { case date, timestamp, timestampWithTimeZone }

    package static let infinity = DatabaseTime(days: .max, microseconds: 0, form: .date)
    package static let minusInfinity = DatabaseTime(days: .min, microseconds: 0, form: .date)

    package var isInfinite: Bool { days == .max || days == .min }

    /// - Parameters:
    ///   - days: since 1970-01-01.
    ///   - microseconds: of the day, 0 to 86,399,999,999.
    package init(days: Int64, microseconds: Int64, form: Form) {
        (self.days, self.microseconds, self.form) = (days, microseconds, form)
    }

    /// Reads a text such as `2022-07-01 12:00:00.123456+00`, `2022-07-01`, `0044-03-15 BC` or `-infinity`.
    /// - Returns: nil for a text that the server would not have printed, such as one with a time zone other than UTC.
    package init?(_ text: UnsafeRawBufferPointer) {
        guard let start = text.baseAddress, text.count >= 8 else { return nil }
        var reader = Reader(next: start, end: start + text.count)
        let first = text[0]
        guard first &- 0x30 <= 9 else {
            switch text.count {
            case 8 where reader.take("infinity"): self = .infinity
            case 9 where reader.take("-infinity"): self = .minusInfinity
            default: return nil
            }
            return
        }
        guard let year = reader.year(), reader.take("-"), let month = reader.two(), (1...12).contains(month),
            reader.take("-"), let day = reader.two(), day >= 1
        else { return nil }
        var microseconds: Int64 = 0
        var form = Form.date
        if let next = reader.peek(1), next &- 0x30 <= 9, reader.take(" ") {
            guard let hour = reader.two(), hour <= 23, reader.take(":"), let minute = reader.two(), minute <= 59,
                reader.take(":"), let second = reader.two(), second <= 59
            else { return nil }
            microseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000
            form = .timestamp
            if reader.take(".") {
                guard let fraction = reader.fraction() else { return nil }
                microseconds += fraction
            }
            if reader.take("+00") { form = .timestampWithTimeZone }
        }
        let before = reader.take(" BC")
        // There is no year 0: 1 BC comes before 1.
        let astronomical = before ? 1 - year : year
        guard reader.isAtEnd, year <= (before ? 4714 : form == .date ? 5_874_897 : 294_276),
            day <= Self.length(of: month, in: astronomical)
        else { return nil }
        self.init(days: Self.days(astronomical, month, day), microseconds: microseconds, form: form)
    }

    package init?(_ text: String) {
        var text = text
        guard let time = text.withUTF8({ DatabaseTime(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }
}

extension DatabaseTime: Comparable {
    @inline(__always)
    package static func < (one: DatabaseTime, other: DatabaseTime) -> Bool {
        one.days == other.days ? one.microseconds < other.microseconds : one.days < other.days
    }

    @inline(__always)
    package static func == (one: DatabaseTime, other: DatabaseTime) -> Bool {
        one.days == other.days && one.microseconds == other.microseconds
    }
}

extension DatabaseTime: CustomStringConvertible {
    /// As PostgreSQL prints it.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.maximumLength) { write(to: UnsafeMutableRawPointer($0.baseAddress!)) }
    }

    /// The most bytes that ``write(to:)`` writes.
    package static let maximumLength = 64

    /// Writes the time as PostgreSQL prints it.
    /// - Returns: how many bytes were written.
    package func write(to start: UnsafeMutableRawPointer) -> Int {
        var writer = Writer(next: start)
        if isInfinite {
            writer.put(days == .max ? "infinity" : "-infinity")
            return writer.next - start
        }
        let (astronomical, month, day) = Self.civil(days)
        let (before, year) = astronomical > 0 ? (false, astronomical) : (true, 1 - astronomical)
        writer.put(year, 4)
        writer.put("-")
        writer.put(month, 2)
        writer.put("-")
        writer.put(day, 2)
        if form != .date {
            let seconds = microseconds / 1_000_000
            writer.put(" ")
            writer.put(seconds / 3600, 2)
            writer.put(":")
            writer.put(seconds / 60 % 60, 2)
            writer.put(":")
            writer.put(seconds % 60, 2)
            var (fraction, width) = (microseconds % 1_000_000, 6)
            if fraction > 0 {
                while fraction % 10 == 0 { (fraction, width) = (fraction / 10, width - 1) }
                writer.put(".")
                writer.put(fraction, width)
            }
        }
        if form == .timestampWithTimeZone { writer.put("+00") }
        if before { writer.put(" BC") }
        return writer.next - start
    }
}

// MARK: Microseconds

extension DatabaseTime {
    private static let microsecondsOfDay: Int64 = 86_400_000_000

    /// Microseconds since 1970-01-01 00:00:00; nil for the infinities, and for times that 64 bits do not reach.
    package var microsecondsSince1970: Int64? {
        let (day, overflow) = days.multipliedReportingOverflow(by: Self.microsecondsOfDay)
        let (sum, more) = day.addingReportingOverflow(microseconds)
        return overflow || more ? nil : sum
    }

    package init(microsecondsSince1970 microseconds: Int64, _ form: Form) {
        let day = Self.microsecondsOfDay
        let days = microseconds / day - (microseconds % day < 0 ? 1 : 0)
        self.init(days: days, microseconds: microseconds - days * day, form: form)
    }
}

// MARK: The calendar

extension DatabaseTime {
    /// Days of a month of a year; the year 0 is 1 BC.
    package static func length(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01: Howard Hinnant's `days_from_civil`, in years that begin in March.
    package static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    /// The inverse of ``days(_:_:_:)``.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = days + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let ofEra = days - era * 146_097
        let years = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * years + years / 4 - years / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        return (years + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }
}

// MARK: Writing

/// Writes a text from left to right.
private struct Writer {
    var next: UnsafeMutableRawPointer

    mutating func put(_ text: StaticString) {
        next.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }

    /// - Parameter width: the fewest digits.
    mutating func put(_ number: Int64, _ width: Int) {
        var (count, rest) = (1, number / 10)
        while rest > 0 { (count, rest) = (count + 1, rest / 10) }
        count = max(count, width)
        rest = number
        for index in stride(from: count - 1, through: 0, by: -1) {
            next.storeBytes(of: UInt8(0x30 + rest % 10), toByteOffset: index, as: UInt8.self)
            rest /= 10
        }
        next += count
    }
}

// MARK: Reading

/// Reads a text from left to right. ``take(_:)`` moves past a text only if it is there.
private struct Reader {
    var next: UnsafeRawPointer
    let end: UnsafeRawPointer

    var isAtEnd: Bool { next == end }

    @inline(__always)
    func peek(_ offset: Int) -> UInt8? {
        end - next > offset ? next.load(fromByteOffset: offset, as: UInt8.self) : nil
    }

    @inline(__always)
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - next >= count else { return false }
        for index in 0..<count
        where next.load(fromByteOffset: index, as: UInt8.self) != text.utf8Start[index] { return false }
        next += count
        return true
    }

    @inline(__always)
    private mutating func digit() -> Int64? {
        guard let byte = peek(0), byte &- 0x30 <= 9 else { return nil }
        next += 1
        return Int64(byte &- 0x30)
    }

    @inline(__always)
    mutating func two() -> Int64? {
        guard let tens = digit(), let ones = digit() else { return nil }
        return tens * 10 + ones
    }

    /// The year, 1 to 9,999,999: at least four digits, and no leading zero where there are more.
    @inline(__always)
    mutating func year() -> Int64? {
        let start = next
        var year: Int64 = 0
        while next - start < 7, let digit = digit() { year = year * 10 + digit }
        let count = next - start
        guard count >= 4, year >= 1, count == 4 || start.load(as: UInt8.self) != 0x30 else { return nil }
        return year
    }

    /// Microseconds, from one to six digits. The last digit must not be zero, as the server prints none there.
    @inline(__always)
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var scale: Int64 = 1_000_000
        var last: Int64 = 0
        while scale > 1, let digit = digit() {
            value = value * 10 + digit
            scale /= 10
            last = digit
        }
        return last == 0 ? nil : value * scale
    }
}
