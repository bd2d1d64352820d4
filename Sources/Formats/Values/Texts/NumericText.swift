import Bytes
import Glibc

/// The text of a `numeric` (`numeric_in` and `apply_typmod` in numeric.c).
enum NumericText {
    /// Whether it is a number as servers print it, and fits the limit at first sight: it has no more digits before its point, and
    /// behind it, than there is room for.
    /// - Returns: false for any other text, which may fit as well.
    @inline(__always)
    static func isPrinted(_ text: UnsafeRawBufferPointer, _ limit: NumericLimit?) -> Bool {
        guard text.count <= 1000 else { return false }
        var (place, end) = text.bounds
        if place.byte(before: end) == UInt8(ascii: "-") { place += 1 }
        let whole = NumberText.skipDigits(&place, end)
        var fraction = 0
        if place.byte(before: end) == UInt8(ascii: ".") {
            place += 1
            fraction = NumberText.skipDigits(&place, end)
            guard fraction > 0 else { return false }
        }
        guard whole > 0, place == end else { return false }
        return limit.map { fraction <= $0.scale && whole <= $0.precision - $0.scale } ?? true
    }

    static func judge(_ text: UnsafeRawBufferPointer, _ limit: NumericLimit?) -> ValueAnswer {
        var cursor = TextCursor(text)
        cursor.skipSpace()
        if cursor.take(word: "nan") { return ends(cursor) }
        if !cursor.take(UInt8(ascii: "-")) { _ = cursor.take(UInt8(ascii: "+")) }
        if cursor.take(word: "infinity") || cursor.take(word: "inf") {
            let answer = ends(cursor)
            return answer == .fits && limit != nil ? .doesNotFit : answer
        }
        if cursor.peek == UInt8(ascii: "0"), let letter = cursor.peek(1), ASCII.isWordStart(letter),
            ASCII.lowercased(letter) != UInt8(ascii: "e")
        {
            return otherBase(cursor)
        }
        guard let digits = Digits(&cursor) else { return .doesNotFit }
        guard ends(cursor) == .fits else { return .doesNotFit }
        return digits.answer(limit)
    }

    private static func ends(_ cursor: TextCursor) -> ValueAnswer {
        var cursor = cursor
        cursor.skipSpace()
        return cursor.isAtEnd ? .fits : .doesNotFit
    }

    /// Since PostgreSQL 16, and of any size: only its letters are looked at.
    private static func otherBase(_ cursor: TextCursor) -> ValueAnswer {
        var cursor = cursor
        let radix = IntegerText.radix(&cursor)
        guard radix != 10 else { return .doesNotFit }
        var count = 0
        while let byte = cursor.peek, byte == UInt8(ascii: "_") || (IntegerText.hexDigit(byte) ?? 16) < radix {
            if byte != UInt8(ascii: "_") { count += 1 }
            cursor.skip()
        }
        guard count > 0, ends(cursor) == .fits else { return .doesNotFit }
        return .unknown
    }
}

/// The digits of a decimal number, and where its point is.
struct Digits {
    /// How many digits stand before the point, from the first that is not 0 on: 3 for 123.4, 0 for 0.5, -1 for 0.05.
    private var integerDigits = 0
    /// Digits behind the point, zeros at the end included.
    private var scale = 0
    private var isZero = true
    /// The significant ones, from the first that is not 0 on, at most as many as a limit can need.
    private var significant: [UInt8] = []

    private static let most = 2100
    /// The limits of the type (`NUMERIC_WEIGHT_MAX` and `NUMERIC_DSCALE_MAX`).
    static let mostIntegerDigits = 131_072
    static let mostScale = 16_383

    /// Reads digits, a point and an exponent. An underscore may be between two digits, since PostgreSQL 16.
    init?(_ cursor: inout TextCursor) {
        var sawPoint = false
        var count = 0
        var before: UInt8 = 0
        while let byte = cursor.peek {
            if ASCII.isDigit(byte) {
                count += 1
                if sawPoint { scale += 1 }
                if byte != UInt8(ascii: "0") { isZero = false }
                if !isZero {
                    if significant.count < Self.most { significant.append(byte - UInt8(ascii: "0")) }
                    if !sawPoint { integerDigits += 1 }
                } else if sawPoint {
                    integerDigits -= 1
                }
            } else if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else if byte == UInt8(ascii: "_"), ASCII.isDigit(before), let after = cursor.peek(1), ASCII.isDigit(after)
            {
            } else {
                break
            }
            before = byte
            cursor.skip()
        }
        guard count > 0 else { return nil }
        guard cursor.take(letter: "e") else { return }
        guard let exponent = Self.exponent(&cursor) else { return nil }
        integerDigits += exponent
        scale = max(0, scale - exponent)
    }

    /// - Returns: at most a thousand million in either direction, which is beyond every limit.
    private static func exponent(_ cursor: inout TextCursor) -> Int? {
        // The C library's strtol, which servers before PostgreSQL 16 use here, skips it.
        cursor.skipSpace()
        let isNegative = cursor.take(UInt8(ascii: "-"))
        if !isNegative { _ = cursor.take(UInt8(ascii: "+")) }
        var value = 0
        var count = 0
        while let byte = cursor.peek {
            if ASCII.isDigit(byte) {
                value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
                count += 1
            } else if byte == UInt8(ascii: "_"), count > 0, let after = cursor.peek(1), ASCII.isDigit(after) {
            } else {
                break
            }
            cursor.skip()
        }
        return count > 0 ? (isNegative ? -value : value) : nil
    }

    /// Whether the number is in the type's range, and after it was rounded in the limits of the column.
    func answer(_ limit: NumericLimit?) -> ValueAnswer {
        if !isZero, integerDigits > Self.mostIntegerDigits { return .doesNotFit }
        guard let limit else { return scale > Self.mostScale ? .doesNotFit : .fits }
        if scale > Self.mostScale || abs(integerDigits) > Self.mostIntegerDigits { return .unknown }
        let room = limit.precision - limit.scale
        if isZero || integerDigits < room { return .fits }
        if integerDigits > room { return .doesNotFit }
        // It has as many digits as there is room for, and may be rounded up to one more.
        let kept = significant.prefix(limit.precision)
        let isRoundedUp =
            kept.count == limit.precision && kept.allSatisfy { $0 == 9 } && significant.count > limit.precision
            && significant[limit.precision] >= 5
        return isRoundedUp ? .doesNotFit : .fits
    }
}

/// The text of a float (`float8in_internal` in float.c): what the C library reads, as servers use it too.
enum FloatText {
    static func isValue(_ text: UnsafeRawBufferPointer, bytes: Int) -> Bool {
        if isPlain(text) { return true }
        var cursor = TextCursor(text)
        cursor.skipSpace()
        guard !cursor.isAtEnd, !text.contains(0) else { return false }
        let copy = Array(cursor.rest) + [0]
        return copy.withUnsafeBytes { copy in
            let start = copy.bindMemory(to: CChar.self).baseAddress!
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let isOutOfRange: Bool
            if bytes == 4 {
                let value = strtof(start, &end)
                isOutOfRange = errno == ERANGE && (value == 0 || value.isInfinite)
            } else {
                let value = strtod(start, &end)
                isOutOfRange = errno == ERANGE && (value == 0 || value.isInfinite)
            }
            guard let end, UnsafePointer(end) > start, !isOutOfRange else { return false }
            var rest = TextCursor(
                UnsafeRawBufferPointer(start: end, count: copy.count - 1 - (UnsafePointer(end) - start)))
            rest.skipSpace()
            return rest.isAtEnd
        }
    }

    /// A sign, up to 15 digits, and a point among them.
    @inline(__always)
    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        var cursor = TextCursor(text)
        _ = cursor.take(UInt8(ascii: "-"))
        guard (1...16).contains(cursor.count), let first = cursor.peek, ASCII.isDigit(first) else { return false }
        var points = 0
        while let byte = cursor.peek {
            if byte == UInt8(ascii: ".") { points += 1 } else if !ASCII.isDigit(byte) { return false }
            cursor.skip()
        }
        return points <= 1
    }
}
