import Bytes
import Rows

extension TimeText {
    /// Reads what nearly all times in dumps look like: four digits of a year, and of `timestamptz` a time in UTC:
    /// `2022-07-01`, `2022-07-01 14:00:00.5`, `2022-07-01 14:00:00.5+00`.
    /// - Returns: nil for any other text, which may be a time as well.
    static func printed(_ text: UnsafeRawBufferPointer, _ form: DatabaseTime.Form) -> DatabaseTime? {
        var digits = TwoDigits(text)
        guard text.count >= 10, text[4] == hyphen, text[7] == hyphen else { return nil }
        let year = digits.at(0) * 100 + digits.at(2)
        let (month, day) = (digits.at(5), digits.at(8))
        guard digits.areDigits, year >= 1, (1...12).contains(month), day >= 1,
            day <= 28 || day <= DatabaseTime.length(of: month, in: year)
        else { return nil }
        let days = DatabaseTime.days(year, month, day)
        if form == .date { return text.count == 10 ? DatabaseTime(days: days, microseconds: 0, form: form) : nil }
        var end = text.count
        if form == .timestampWithTimeZone {
            end -= 3
            guard end >= 19, text[end] == UInt8(ascii: "+"), text[end + 1] == zero, text[end + 2] == zero else {
                return nil
            }
        }
        guard end >= 19, text[10] == ASCII.space, text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":") else {
            return nil
        }
        let (hour, minute, second) = (digits.at(11), digits.at(14), digits.at(17))
        guard digits.areDigits, hour <= 23, minute <= 59, second <= 59,
            let fraction = microseconds(UnsafeRawBufferPointer(rebasing: text[19..<end]))
        else { return nil }
        return DatabaseTime(
            days: days, microseconds: ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction, form: form)
    }

    private static var hyphen: UInt8 { UInt8(ascii: "-") }
    private static var zero: UInt8 { UInt8(ascii: "0") }

    /// Of a point and one to six digits, or of nothing.
    @inline(__always)
    private static func microseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        if text.isEmpty { return 0 }
        guard (2...7).contains(text.count), text[0] == UInt8(ascii: ".") else { return nil }
        var value: Int64 = 0
        for index in 1..<7 {
            let digit = index < text.count ? text[index] &- zero : 0
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    /// Reads numbers of two digits, and remembers whether all of them were digits.
    private struct TwoDigits {
        private let text: UnsafeRawBufferPointer
        private(set) var areDigits = true

        init(_ text: UnsafeRawBufferPointer) { self.text = text }

        @inline(__always)
        mutating func at(_ index: Int) -> Int64 {
            let (tens, ones) = (text[index] &- zero, text[index + 1] &- zero)
            areDigits = areDigits && tens < 10 && ones < 10
            return Int64(tens) * 10 + Int64(ones)
        }
    }
}
