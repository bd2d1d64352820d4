import Bytes

/// The text of a `time` and a `timetz`, as servers print it: `14:00:00.5`, `24:00:00`, `14:00:00+02`.
enum ClockText {
    /// Something in the form that was looked for.
    struct Reading {
        /// Microseconds of the day, or seconds east of UTC.
        let value: Int64?
    }

    static func judge(_ text: UnsafeRawBufferPointer) -> ValueAnswer {
        var cursor = TextCursor(text)
        guard let clock = read(&cursor) else { return OtherTimeForm.judge(text) }
        var isValid = clock.value != nil
        if cursor.peek == UInt8(ascii: "+") || cursor.peek == UInt8(ascii: "-") {
            guard let zone = offset(&cursor) else { return OtherTimeForm.judge(text) }
            isValid = isValid && zone.value != nil
        }
        guard cursor.isAtEnd else { return OtherTimeForm.judge(text) }
        return isValid ? .fits : .doesNotFit
    }

    /// Moves past `14:00`, `14:00:00` or `14:00:00.123456`.
    /// - Returns: nil where the text has another form; its value nil where there is no such time. 24:00:00 is one, and
    ///   a 60th second is the next minute (`time_overflows` in timestamp.c).
    @inline(__always)
    static func read(_ cursor: inout TextCursor) -> Reading? {
        guard let hour = two(&cursor), cursor.take(UInt8(ascii: ":")), let minute = two(&cursor) else { return nil }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if cursor.take(UInt8(ascii: ":")) {
            guard let seconds = two(&cursor) else { return nil }
            second = seconds
            if cursor.take(UInt8(ascii: ".")) { fraction = Self.fraction(&cursor) }
        }
        let isValid = hour <= 24 && minute <= 59 && second <= 60
        let total = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
        return Reading(value: isValid && total <= 86_400_000_000 ? total : nil)
    }

    /// Moves past digits. The seventh rounds the ones before it.
    @inline(__always)
    private static func fraction(_ cursor: inout TextCursor) -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 1_000_000
        var isSeventh = true
        while let byte = cursor.peek, ASCII.isDigit(byte) {
            let digit = Int64(byte - UInt8(ascii: "0"))
            if scale > 1 {
                scale /= 10
                value += digit * scale
            } else if isSeventh {
                isSeventh = false
                if digit >= 5 { value += 1 }
            }
            cursor.skip()
        }
        return value
    }

    /// Moves past `+02`, `-03:30` or `+00:53:28`.
    /// - Returns: nil where the text has another form; its value nil where there is no such zone: less than 16 hours
    ///   (`DecodeTimezone` in datetime.c).
    @inline(__always)
    static func offset(_ cursor: inout TextCursor) -> Reading? {
        let isNegative = cursor.peek == UInt8(ascii: "-")
        cursor.skip()
        guard let hour = two(&cursor) else { return nil }
        if let byte = cursor.peek, ASCII.isDigit(byte) { return nil }
        var (minute, second): (Int64, Int64) = (0, 0)
        if cursor.take(UInt8(ascii: ":")) {
            guard let minutes = two(&cursor) else { return nil }
            minute = minutes
            if cursor.take(UInt8(ascii: ":")) {
                guard let seconds = two(&cursor) else { return nil }
                second = seconds
            }
        }
        guard hour <= 15, minute <= 59, second <= 59 else { return Reading(value: nil) }
        let seconds = (hour * 60 + minute) * 60 + second
        return Reading(value: isNegative ? -seconds : seconds)
    }

    /// Moves past two digits.
    @inline(__always)
    static func two(_ cursor: inout TextCursor) -> Int64? {
        guard let tens = cursor.peek, ASCII.isDigit(tens), let ones = cursor.peek(1), ASCII.isDigit(ones) else {
            return nil
        }
        cursor.skip(2)
        return Int64(tens - 0x30) * 10 + Int64(ones - 0x30)
    }
}

/// The text of an `interval`, as servers print it with `IntervalStyle` postgres: `1 year 2 mons -3 days +04:05:06.7`.
enum IntervalText {
    static func judge(_ text: UnsafeRawBufferPointer) -> ValueAnswer {
        if text.elementsEqual("infinity".utf8) || text.elementsEqual("-infinity".utf8) { return .fits }
        var rest = text[...]
        while !rest.isEmpty {
            let word = rest.prefix { $0 != ASCII.space }
            rest = rest.dropFirst(word.count + 1)
            if isClock(word) {
                return rest.isEmpty ? .fits : OtherTimeForm.judge(text)
            }
            let unit = rest.prefix { $0 != ASCII.space }
            guard let known = units.first(where: { unit.elementsEqual($0.name.utf8) }),
                isCount(word, atMost: known.most)
            else { return OtherTimeForm.judge(text) }
            rest = rest.dropFirst(unit.count + 1)
        }
        return text.isEmpty ? .doesNotFit : .fits
    }

    /// The units that servers print, each with the most that an interval holds of it.
    private static let units: [(name: String, most: Int)] = [
        ("year", 178_956_970), ("years", 178_956_970), ("mon", 2_147_483_647), ("mons", 2_147_483_647),
        ("day", 2_147_483_647), ("days", 2_147_483_647),
    ]
    private static let mostHours = 2_562_047_787

    private static func isCount(_ word: Slice<UnsafeRawBufferPointer>, atMost most: Int) -> Bool {
        number(unsigned(word)).map { $0 <= most } ?? false
    }

    /// The value of up to ten digits; nil where there is anything else.
    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard (1...10).contains(digits.count), digits.allSatisfy(ASCII.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `04:05:06.789`, with two digits of hours or more.
    private static func isClock(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
        let parts = unsigned(word).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count >= 2, let hours = number(parts[0]), hours <= mostHours else {
            return false
        }
        func isBelowSixty(_ digits: Slice<UnsafeRawBufferPointer>) -> Bool {
            digits.count == 2 && digits.allSatisfy(ASCII.isDigit) && digits.first! < UInt8(ascii: "6")
        }
        let seconds = parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return isBelowSixty(parts[1]) && seconds.count <= 2 && isBelowSixty(seconds[0])
            && (seconds.count == 1 || ((1...6).contains(seconds[1].count) && seconds[1].allSatisfy(ASCII.isDigit)))
    }

    private static func unsigned(_ word: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        guard let first = word.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return word }
        return word.dropFirst()
    }
}
