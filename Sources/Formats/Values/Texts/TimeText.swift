import Bytes
import Rows

/// The text of a `date`, a `timestamp` or a `timestamptz`, in the form that servers print with `DateStyle` ISO:
/// `2022-07-01`, `2022-07-01 14:00:00.5`, `1880-01-01 00:53:28+00:53:28`, `0044-03-15 BC`, `infinity`.
///
/// That form is judged exactly. Of the many others that servers read (datetime.c), only what none of them reads is refused.
struct TimeText {
    let answer: ValueAnswer
    /// The moment, of `timestamptz` in UTC; nil where the text is not in that form.
    let time: DatabaseTime?

    /// 4714-11-24 BC, the first day of the Julian calendar count.
    private static let first: Int64 = -2_440_588
    /// The day after the last date, 5874897-12-31, and after the last timestamp, 294276-12-31.
    private static let endOfDates = DatabaseTime.days(5_874_898, 1, 1)
    private static let endOfTimestamps = DatabaseTime.days(294_277, 1, 1)
    private static let day: Int64 = 86_400_000_000

    init(_ text: UnsafeRawBufferPointer, _ form: DatabaseTime.Form) {
        if let printed = Self.printed(text, form) {
            (answer, time) = (.fits, printed)
            return
        }
        var cursor = TextCursor(text)
        guard let first = cursor.peek, ASCII.isDigit(first) else {
            (answer, time) = Self.word(text)
            return
        }
        guard let date = Self.date(&cursor) else {
            (answer, time) = (OtherTimeForm.judge(text), nil)
            return
        }
        var clock: Int64? = 0
        var offset: Int64? = 0
        if cursor.peek == ASCII.space, let next = cursor.peek(1), ASCII.isDigit(next) {
            cursor.skip()
            guard let read = ClockText.read(&cursor) else {
                (answer, time) = (OtherTimeForm.judge(text), nil)
                return
            }
            clock = read.value
            if cursor.peek == UInt8(ascii: "+") || cursor.peek == UInt8(ascii: "-") {
                guard let read = ClockText.offset(&cursor) else {
                    (answer, time) = (OtherTimeForm.judge(text), nil)
                    return
                }
                offset = read.value
            }
        }
        let isBefore = cursor.rest.elementsEqual(" BC".utf8)
        guard cursor.isAtEnd || isBefore else {
            (answer, time) = (OtherTimeForm.judge(text), nil)
            return
        }
        guard let clock, let offset, let days = date.days(isBefore) else {
            (answer, time) = (.doesNotFit, nil)
            return
        }
        let moved = clock - (form == .timestampWithTimeZone ? offset * 1_000_000 : 0)
        let more = (moved >= 0 ? moved : moved - Self.day + 1) / Self.day
        let (kept, microseconds) = form == .date ? (days, 0) : (days + more, moved - more * Self.day)
        guard kept >= Self.first, kept < (form == .date ? Self.endOfDates : Self.endOfTimestamps) else {
            (answer, time) = (.doesNotFit, nil)
            return
        }
        answer = .fits
        time = DatabaseTime(days: kept, microseconds: microseconds, form: form)
    }

    private static func word(_ text: UnsafeRawBufferPointer) -> (ValueAnswer, DatabaseTime?) {
        if text.elementsEqual("infinity".utf8) { return (.fits, .infinity) }
        if text.elementsEqual("-infinity".utf8) { return (.fits, .minusInfinity) }
        return (OtherTimeForm.judge(text), nil)
    }

    private struct Date {
        let year: Int64
        let month: Int64
        let day: Int64

        /// - Parameter isBefore: whether it is BC.
        /// - Returns: nil where there is no such day. There is no year 0.
        @inline(__always)
        func days(_ isBefore: Bool) -> Int64? {
            let astronomical = isBefore ? 1 - year : year
            guard year >= 1, (1...12).contains(month), day >= 1,
                day <= DatabaseTime.length(of: month, in: astronomical)
            else { return nil }
            return DatabaseTime.days(astronomical, month, day)
        }
    }

    /// Moves past four digits or more, and twice a hyphen with two digits.
    /// - Returns: nil where the text has another form.
    @inline(__always)
    private static func date(_ cursor: inout TextCursor) -> Date? {
        var year: Int64 = 0
        var count = 0
        while count < 8, let byte = cursor.peek, ASCII.isDigit(byte) {
            year = year * 10 + Int64(byte - UInt8(ascii: "0"))
            count += 1
            cursor.skip()
        }
        guard count >= 4, cursor.take(UInt8(ascii: "-")), let month = ClockText.two(&cursor),
            cursor.take(UInt8(ascii: "-")), let day = ClockText.two(&cursor)
        else { return nil }
        return Date(year: year, month: month, day: day)
    }
}

/// Judges the text of a time that is not in the form that servers print.
enum OtherTimeForm {
    /// Single letters that mean something in a time.
    private static let letters = Set("dehjmstyz".utf8)

    /// Refuses only what no server reads: no sign at all, bytes outside of ASCII, and a letter alone that means nothing.
    static func judge(_ text: UnsafeRawBufferPointer) -> ValueAnswer {
        if text.allSatisfy(ASCII.isSpace) || text.contains(where: { $0 >= 0x80 }) { return .doesNotFit }
        func isLetter(_ index: Int) -> Bool { text.indices.contains(index) && ASCII.isLetter(text[index]) }
        for index in text.indices where isLetter(index) && !isLetter(index - 1) && !isLetter(index + 1) {
            guard !letters.contains(ASCII.lowercased(text[index])) else { continue }
            // With more behind it, it may name a time zone.
            if index + 1 == text.count || text[index + 1] == ASCII.space { return .doesNotFit }
        }
        return .unknown
    }
}
