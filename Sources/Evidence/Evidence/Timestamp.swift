import FoundationEssentials
import Glibc

/// Times as signed documents write them: `2026-11-23T04:12:07.250Z`, always in UTC and with milliseconds.
///
/// Format: RFC 3339 with the offset `Z`. pgassay has its own code for it because signed bytes must not depend on how a
/// formatter rounds: a time is rounded to its nearest millisecond, and written and read as whole milliseconds.
package enum Timestamp {
    /// True if the time has a year of four digits. A damaged backup may name any year.
    package static func canWrite(_ date: Date) -> Bool {
        (-62_135_596_800..<253_402_300_799).contains(date.timeIntervalSince1970)
    }

    /// - Precondition: ``canWrite(_:)``.
    static func format(_ date: Date) -> String {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
        let (second, fraction) = milliseconds.floorQuotientAndRemainder(dividingBy: 1000)
        let parts = calendar(second)
        return "\(parts.date)T\(parts.time).\(padded(fraction, 3))Z"
    }

    /// For programs, such as the attribute of a page: `2026-11-23T04:12:07.250Z`.
    package static func machine(_ date: Date) -> String { canWrite(date) ? format(date) : "" }

    /// For file names: `20261123T041207Z`.
    package static func compact(_ date: Date) -> String {
        let parts = calendar(Int(date.timeIntervalSince1970.rounded(.down)))
        return "\(parts.date)T\(parts.time)Z".filter { $0 != "-" && $0 != ":" }
    }

    /// Whether the text is a time as signed documents write it.
    package static func isTime(_ text: String) -> Bool { parse(text) != nil }

    /// - Returns: nil unless the text is a time as signed documents write it.
    package static func time(_ text: String) -> Date? { parse(text) }

    /// `2026-11-23`.
    package static func day(_ date: Date) -> String { calendar(Int(date.timeIntervalSince1970.rounded(.down))).date }

    /// For people: `2026-11-23 04:12:07 UTC`.
    package static func plain(_ date: Date) -> String {
        let parts = calendar(Int(date.timeIntervalSince1970.rounded(.down)))
        return "\(parts.date) \(parts.time) UTC"
    }

    /// - Returns: nil unless the text is exactly `yyyy-MM-ddTHH:mm:ssZ`, with or without a fraction of 1 to 9 digits,
    ///   and names a day and time that exist (no leap second).
    static func parse(_ text: String) -> Date? {
        // Not by a regular expression: Swift parses one each time that it is used, and a ledger has thousands of times.
        let bytes = Array(text.utf8)
        let fraction = bytes.dropFirst(20).dropLast()
        let shape = "0000-00-00T00:00:00" + (bytes.count > 20 ? "." : "") + fraction.map { _ in "0" }.joined() + "Z"
        guard fraction.count <= 9, bytes.count != 21, bytes.map(Self.digitsAsZeros).elementsEqual(shape.utf8) else {
            return nil
        }
        let (year, month, day) = (number(bytes[0..<4]), number(bytes[5..<7]), number(bytes[8..<10]))
        let (hour, minute, second) = (number(bytes[11..<13]), number(bytes[14..<16]), number(bytes[17..<19]))
        let milliseconds = number((fraction + Array("000".utf8)).prefix(3))
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month - 1, day)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        let seconds = timegm(&fields)
        // timegm turns 31 April into 1 May: if a time does not come back unchanged, it does not exist.
        guard fields.tm_mon == month - 1, fields.tm_mday == day, fields.tm_hour == hour, fields.tm_min == minute,
            fields.tm_sec == second
        else { return nil }
        return Date(timeIntervalSince1970: Double(seconds * 1000 + Int(milliseconds)) / 1000)
    }

    private static func digitsAsZeros(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? UInt8(ascii: "0") : byte
    }

    /// - Precondition: at most nine digits.
    private static func number(_ digits: some Sequence<UInt8>) -> Int32 {
        digits.reduce(0) { $0 * 10 + Int32($1 - UInt8(ascii: "0")) }
    }

    private static func calendar(_ second: Int) -> (date: String, time: String) {
        var (time, fields) = (time_t(second), tm())
        gmtime_r(&time, &fields)
        return (
            "\(padded(Int(fields.tm_year) + 1900, 4))-\(padded(Int(fields.tm_mon) + 1, 2))-"
                + "\(padded(Int(fields.tm_mday), 2))",
            "\(padded(Int(fields.tm_hour), 2)):\(padded(Int(fields.tm_min), 2)):\(padded(Int(fields.tm_sec), 2))"
        )
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int {
    /// Division that rounds towards minus infinity, so that a time before 1970 keeps a positive fraction.
    fileprivate func floorQuotientAndRemainder(dividingBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
