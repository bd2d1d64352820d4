import Bytes

/// The text of a `json` and a `jsonb`, by PostgreSQL's own rules (`pg_parse_json` in jsonapi.c, and what jsonb.c adds).
///
/// Both refuse what RFC 8259 refuses. `jsonb` also refuses `\u0000`, halves of surrogate pairs alone, and numbers beyond the
/// range of `numeric`. Keys that are there twice are right in both.
struct JSONText {
    private var cursor: TextCursor
    private let isBinary: Bool
    /// Whether each of the open values is an object; the innermost last.
    private var open: [Bool] = []

    /// Deeper than this, it depends on the server's stack (`max_stack_depth`) whether it is taken.
    private static let deepest = 6000

    static func judge(_ text: UnsafeRawBufferPointer, isBinary: Bool) -> ValueAnswer {
        var json = JSONText(cursor: TextCursor(text), isBinary: isBinary)
        return json.document()
    }

    private init(cursor: TextCursor, isBinary: Bool) { (self.cursor, self.isBinary) = (cursor, isBinary) }

    private mutating func document() -> ValueAnswer {
        repeat {
            skipSpace()
            guard let byte = cursor.peek else { return .doesNotFit }
            let isClosed: Bool
            switch byte {
            case ASCII.openBrace, UInt8(ascii: "["):
                cursor.skip()
                guard open.count < Self.deepest else { return .unknown }
                open.append(byte == ASCII.openBrace)
                skipSpace()
                if cursor.take(byte == ASCII.openBrace ? ASCII.closeBrace : UInt8(ascii: "]")) {
                    open.removeLast()
                    isClosed = true
                } else {
                    if byte == ASCII.openBrace, !key() { return .doesNotFit }
                    isClosed = false
                }
            default:
                guard scalar(byte) else { return .doesNotFit }
                isClosed = true
            }
            guard !isClosed || behindValue() else { return .doesNotFit }
        } while !open.isEmpty
        skipSpace()
        return cursor.isAtEnd ? .fits : .doesNotFit
    }

    /// Moves past what follows a value: the ends of objects and arrays, and a comma with the key behind it.
    private mutating func behindValue() -> Bool {
        while let isObject = open.last {
            skipSpace()
            if cursor.take(UInt8(ascii: ",")) {
                guard isObject else { return true }
                skipSpace()
                return key()
            }
            guard cursor.take(isObject ? ASCII.closeBrace : UInt8(ascii: "]")) else { return false }
            open.removeLast()
        }
        return true
    }

    /// Moves past a key and its colon.
    private mutating func key() -> Bool {
        guard cursor.peek == ASCII.quote, string() else { return false }
        skipSpace()
        return cursor.take(UInt8(ascii: ":"))
    }

    private mutating func scalar(_ byte: UInt8) -> Bool {
        switch byte {
        case ASCII.quote: return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    /// Words and numbers end where something that may not go on with them begins.
    private mutating func word(_ word: StaticString) -> Bool {
        var input = cursor.next
        guard input.take(word, before: cursor.end) else { return false }
        cursor.skip(word.utf8CodeUnitCount)
        return cursor.peek.map { !ASCII.isWord($0) } ?? true
    }

    private mutating func number() -> Bool {
        let start = cursor.next
        var input = start
        guard NumberText.skip(&input, cursor.end) else { return false }
        cursor.skip(input - start)
        guard cursor.peek.map({ !ASCII.isWord($0) && $0 != UInt8(ascii: ".") }) ?? true else { return false }
        let number = UnsafeRawBufferPointer(start: start, count: input - start)
        // Without an exponent, only a number of very many digits is beyond the range.
        guard isBinary, number.count > Digits.mostScale || number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") })
        else { return true }
        var digits = TextCursor(number)
        _ = digits.take(UInt8(ascii: "-"))
        return Digits(&digits)?.answer(nil) == .fits
    }

    /// Moves past a string, from its first quote to behind its last one.
    private mutating func string() -> Bool {
        cursor.skip()
        var isHalf = false
        while true {
            let start = cursor.next
            var input = start
            Quoted.skipOthers(&input, cursor.end)
            if input > start, isHalf { return false }
            cursor.skip(input - start)
            guard let byte = cursor.peek, byte >= ASCII.space else { return false }
            cursor.skip()
            if byte == ASCII.quote { return !isHalf }
            guard let escaped = cursor.peek else { return false }
            cursor.skip()
            guard escaped == UInt8(ascii: "u") else {
                guard !isHalf, Self.isEscape(escaped) else { return false }
                continue
            }
            guard let unit = hexadecimal() else { return false }
            guard isBinary else { continue }
            switch unit {
            case 0: return false
            case 0xd800...0xdbff where !isHalf: isHalf = true
            case 0xdc00...0xdfff where isHalf: isHalf = false
            case 0xd800...0xdfff: return false
            default: if isHalf { return false }
            }
        }
    }

    private static func isEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            true
        default: false
        }
    }

    private mutating func hexadecimal() -> UInt64? {
        var value: UInt64 = 0
        for _ in 0..<4 {
            guard let digit = cursor.peek.flatMap(IntegerText.hexDigit) else { return nil }
            value = value << 4 | digit
            cursor.skip()
        }
        return value
    }

    @inline(__always)
    private mutating func skipSpace() {
        while let byte = cursor.peek,
            byte == ASCII.space || byte == ASCII.newline || byte == ASCII.tab || byte == ASCII.carriageReturn
        { cursor.skip() }
    }
}
