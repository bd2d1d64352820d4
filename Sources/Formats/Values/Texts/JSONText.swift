import Bytes

/// The text of a `json` and a `jsonb`, by PostgreSQL's own rules (`pg_parse_json` in jsonapi.c, and what jsonb.c adds).
///
/// Both refuse what RFC 8259 refuses. `jsonb` also refuses `\u0000`, halves of surrogate pairs alone, and numbers beyond the
/// range of `numeric`. Keys that are there twice are right in both.
struct JSONText {
    private let end: UnsafeRawPointer
    private let isBinary: Bool
    /// Whether the text still has COPY's escapes.
    private let isEscaped: Bool

    /// Deeper than this, it depends on the server's stack (`max_stack_depth`) whether it is taken.
    private static let deepest = 6000

    static func judge(_ text: UnsafeRawBufferPointer, isBinary: Bool) -> ValueAnswer {
        let (start, end) = text.bounds
        return JSONText(end: end, isBinary: isBinary, isEscaped: false).document(start)
    }

    /// Whether a field of a row is right, without taking away its escapes.
    /// - Parameter isEscaped: whether there is a backslash in it.
    /// - Returns: false also where that cannot be told with the escapes: where another byte than a backslash is escaped.
    static func fits(_ field: UnsafeRawBufferPointer, isBinary: Bool, isEscaped: Bool) -> Bool {
        let (start, end) = field.bounds
        return JSONText(end: end, isBinary: isBinary, isEscaped: isEscaped).document(start) == .fits
    }

    private init(end: UnsafeRawPointer, isBinary: Bool, isEscaped: Bool) {
        (self.end, self.isBinary, self.isEscaped) = (end, isBinary, isEscaped)
    }

    private func document(_ start: UnsafeRawPointer) -> ValueAnswer {
        var next = start
        var open = OpenValues()
        repeat {
            skipSpace(&next)
            guard let byte = next.byte(before: end) else { return .doesNotFit }
            switch byte {
            case ASCII.quote: guard string(&next) else { return .doesNotFit }
            case ASCII.openBrace:
                next += 1
                guard open.count < Self.deepest else { return .unknown }
                skipSpace(&next)
                if !take(ASCII.closeBrace, &next) {
                    open.push(true)
                    guard key(&next) else { return .doesNotFit }
                    continue
                }
            case UInt8(ascii: "["):
                next += 1
                guard open.count < Self.deepest else { return .unknown }
                skipSpace(&next)
                if !take(UInt8(ascii: "]"), &next) {
                    open.push(false)
                    continue
                }
            case UInt8(ascii: "t"): guard word("true", &next) else { return .doesNotFit }
            case UInt8(ascii: "f"): guard word("false", &next) else { return .doesNotFit }
            case UInt8(ascii: "n"): guard word("null", &next) else { return .doesNotFit }
            default: guard number(&next) else { return .doesNotFit }
            }
            guard behindValue(&next, &open) else { return .doesNotFit }
        } while open.count > 0
        skipSpace(&next)
        return next == end ? .fits : .doesNotFit
    }

    /// Moves past what follows a value: the ends of objects and arrays, and a comma with the key behind it.
    @inline(__always)
    private func behindValue(_ next: inout UnsafeRawPointer, _ open: inout OpenValues) -> Bool {
        while open.count > 0 {
            skipSpace(&next)
            guard let byte = next.byte(before: end) else { return false }
            next += 1
            let isObject = open.isObject
            if byte == UInt8(ascii: ",") {
                guard isObject else { return true }
                skipSpace(&next)
                return key(&next)
            }
            guard byte == (isObject ? ASCII.closeBrace : UInt8(ascii: "]")) else { return false }
            open.pop()
        }
        return true
    }

    /// Moves past a key and its colon.
    @inline(__always)
    private func key(_ next: inout UnsafeRawPointer) -> Bool {
        guard next.byte(before: end) == ASCII.quote, string(&next) else { return false }
        skipSpace(&next)
        return take(UInt8(ascii: ":"), &next)
    }

    /// Moves past a byte if it is there.
    @inline(__always)
    private func take(_ byte: UInt8, _ next: inout UnsafeRawPointer) -> Bool {
        guard next.byte(before: end) == byte else { return false }
        next += 1
        return true
    }

    @inline(__always)
    private func skipSpace(_ next: inout UnsafeRawPointer) {
        // A server writes one space, or none.
        if next.byte(before: end) == ASCII.space { next += 1 }
        guard let byte = next.byte(before: end), byte <= ASCII.space else { return }
        skipMoreSpace(&next)
    }

    private func skipMoreSpace(_ next: inout UnsafeRawPointer) {
        while let byte = next.byte(before: end),
            byte == ASCII.space || byte == ASCII.newline || byte == ASCII.tab || byte == ASCII.carriageReturn
        { next += 1 }
    }

    // MARK: Words and numbers, which end where something that may not go on with them begins

    private func word(_ word: StaticString, _ next: inout UnsafeRawPointer) -> Bool {
        guard next.take(word, before: end) else { return false }
        return next.byte(before: end).map { !ASCII.isWord($0) } ?? true
    }

    @inline(__always)
    private func number(_ next: inout UnsafeRawPointer) -> Bool {
        plainNumber(&next) || anyNumber(&next)
    }

    /// Moves past a number of some digits and a point, as nearly all are.
    /// - Returns: false, and stays where it is, where anything else is there.
    @inline(__always)
    private func plainNumber(_ next: inout UnsafeRawPointer) -> Bool {
        var place = next
        if place.byte(before: end) == UInt8(ascii: "-") { place += 1 }
        let isZero = place.byte(before: end) == UInt8(ascii: "0")
        let whole = NumberText.skipDigits(&place, end)
        guard whole == 1 || whole > 1 && !isZero else { return false }
        if place.byte(before: end) == UInt8(ascii: ".") {
            place += 1
            guard NumberText.skipDigits(&place, end) > 0 else { return false }
        }
        guard place - next <= Digits.mostScale, place.byte(before: end).map(Self.endsNumber) ?? true else {
            return false
        }
        next = place
        return true
    }

    private func anyNumber(_ next: inout UnsafeRawPointer) -> Bool {
        let start = next
        guard NumberText.skip(&next, end), next.byte(before: end).map(Self.endsNumber) ?? true else { return false }
        guard isBinary else { return true }
        let number = UnsafeRawBufferPointer(start: start, count: next - start)
        // Without an exponent, only a number of very many digits is beyond the range.
        guard number.count > Digits.mostScale || number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") })
        else { return true }
        var digits = TextCursor(number)
        _ = digits.take(UInt8(ascii: "-"))
        return Digits(&digits)?.answer(nil) == .fits
    }

    @inline(__always)
    private static func endsNumber(_ byte: UInt8) -> Bool { !ASCII.isWord(byte) && byte != UInt8(ascii: ".") }

    // MARK: Strings

    /// Moves past a string, from its first quote to behind its last one.
    @inline(__always)
    private func string(_ next: inout UnsafeRawPointer) -> Bool {
        next += 1
        Quoted.skipOthers(&next, end)
        if next.byte(before: end) == ASCII.quote {
            next += 1
            return true
        }
        return rest(&next)
    }

    /// Moves past the rest of a string that has an escape.
    private func rest(_ next: inout UnsafeRawPointer) -> Bool {
        // Whether the first half of a surrogate pair came last.
        var isHalf = false
        while let byte = next.byte(before: end), byte >= ASCII.space {
            next += 1
            if byte == ASCII.quote { return !isHalf }
            guard !isEscaped || take(ASCII.backslash, &next), let escaped = next.byte(before: end) else { return false }
            next += 1
            if escaped == UInt8(ascii: "u") {
                guard let unit = hexadecimal(&next) else { return false }
                if isBinary {
                    switch unit {
                    case 0: return false
                    case 0xd800...0xdbff where !isHalf: isHalf = true
                    case 0xdc00...0xdfff where isHalf: isHalf = false
                    case 0xd800...0xdfff: return false
                    default: if isHalf { return false }
                    }
                }
            } else {
                guard !isHalf, Self.isEscape(escaped) else { return false }
                if isEscaped, escaped == ASCII.backslash, !take(ASCII.backslash, &next) { return false }
            }
            let plain = next
            Quoted.skipOthers(&next, end)
            if next > plain, isHalf { return false }
        }
        return false
    }

    private static func isEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            true
        default: false
        }
    }

    private func hexadecimal(_ next: inout UnsafeRawPointer) -> UInt64? {
        var value: UInt64 = 0
        for _ in 0..<4 {
            guard let digit = next.byte(before: end).flatMap(IntegerText.hexDigit) else { return nil }
            value = value << 4 | digit
            next += 1
        }
        return value
    }
}

/// Which of the open values of a JSON text are objects, and which are arrays.
private struct OpenValues {
    private(set) var count = 0
    /// The innermost ones, a bit for each, the innermost lowest.
    private var bits: UInt64 = 0
    /// All others, 64 at a time.
    private var outer: [UInt64] = []

    /// Of the innermost value.
    var isObject: Bool { bits & 1 == 1 }

    @inline(__always)
    mutating func push(_ isObject: Bool) {
        if count > 0, count & 63 == 0 { outer.append(bits) }
        bits = bits << 1 | (isObject ? 1 : 0)
        count += 1
    }

    @inline(__always)
    mutating func pop() {
        count -= 1
        bits >>= 1
        if count > 0, count & 63 == 0 { bits = outer.removeLast() }
    }
}
