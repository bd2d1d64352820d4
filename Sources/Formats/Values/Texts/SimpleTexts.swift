import Bytes

/// The text of a boolean (`boolin` in bool.c): the beginning of a word is enough.
enum BooleanText {
    static func isValue(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") { return true }
        let word = trimmed(text).map(ASCII.lowercased)
        guard let first = word.first else { return false }
        switch first {
        case UInt8(ascii: "t"): return "true".utf8.starts(with: word)
        case UInt8(ascii: "f"): return "false".utf8.starts(with: word)
        case UInt8(ascii: "y"): return "yes".utf8.starts(with: word)
        case UInt8(ascii: "n"): return "no".utf8.starts(with: word)
        case UInt8(ascii: "o"): return [Array("on".utf8), Array("of".utf8), Array("off".utf8)].contains(word)
        case UInt8(ascii: "0"), UInt8(ascii: "1"): return word.count == 1
        default: return false
        }
    }

    private static func trimmed(_ text: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        var rest = text[...]
        while let first = rest.first, ASCII.isSpace(first) { rest.removeFirst() }
        while let last = rest.last, ASCII.isSpace(last) { rest.removeLast() }
        return rest
    }
}

/// The text of a uuid (`string_to_uuid` in uuid.c): 32 hex digits, a hyphen allowed after each group of four, braces
/// allowed around all.
enum UUIDText {
    @inline(__always)
    static func value(_ text: UnsafeRawBufferPointer) -> UInt128? {
        var cursor = TextCursor(text)
        let hasBraces = cursor.take(ASCII.openBrace)
        var value: UInt128 = 0
        for index in 0..<16 {
            guard let high = cursor.peek.flatMap(IntegerText.hexDigit),
                let low = cursor.peek(1).flatMap(IntegerText.hexDigit)
            else { return nil }
            value = value << 8 | UInt128(high << 4 | low)
            cursor.skip(2)
            if index % 2 == 1, index < 15 { _ = cursor.take(UInt8(ascii: "-")) }
        }
        if hasBraces, !cursor.take(ASCII.closeBrace) { return nil }
        return cursor.isAtEnd ? value : nil
    }
}

/// The text of a bytea (`byteain` in varlena.c): hex digits after `\x`, or bytes with escapes.
enum ByteaText {
    static func isValue(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.count >= 2, text[0] == ASCII.backslash, text[1] == UInt8(ascii: "x") {
            return isHex(UnsafeRawBufferPointer(rebasing: text[2...]))
        }
        var index = 0
        while index < text.count {
            guard text[index] == ASCII.backslash else {
                index += 1
                continue
            }
            if index + 1 < text.count, text[index + 1] == ASCII.backslash {
                index += 2
            } else if index + 3 < text.count, text[index + 1] & 0xfc == 0x30, text[index + 2] & 0xf8 == 0x30,
                text[index + 3] & 0xf8 == 0x30
            {
                index += 4
            } else {
                return false
            }
        }
        return true
    }

    /// Pairs of digits, with white space allowed between two pairs (`hex_decode_safe` in encode.c).
    @inline(__always)
    static func isHex(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == ASCII.space || byte == ASCII.newline || byte == ASCII.tab || byte == ASCII.carriageReturn {
                index += 1
                continue
            }
            guard index + 1 < text.count, IntegerText.hexDigit(byte) != nil,
                IntegerText.hexDigit(text[index + 1]) != nil
            else { return false }
            index += 2
        }
        return true
    }
}

/// The text of a bit string (`bit_in` and `varbit_in` in varbit.c).
enum BitText {
    static func isValue(_ text: UnsafeRawBufferPointer, count: Int?, varying: Bool) -> Bool {
        var digits = text[...]
        var isHex = false
        if let first = text.first {
            isHex = ASCII.lowercased(first) == UInt8(ascii: "x")
            if isHex || ASCII.lowercased(first) == UInt8(ascii: "b") { digits.removeFirst() }
        }
        let fit = digits.allSatisfy { isHex ? IntegerText.hexDigit($0) != nil : $0 == 0x30 || $0 == 0x31 }
        guard fit else { return false }
        guard let count else { return true }
        let bits = digits.count * (isHex ? 4 : 1)
        return varying ? bits <= count : bits == count
    }
}

/// Text with a limit (`varchar_input` and `bpchar_input` in varchar.c): what is beyond it may only be spaces.
enum StringText {
    static func judge(
        _ text: UnsafeRawBufferPointer, atMost limit: Int, _ encoding: ValueEncoding
    ) -> ValueAnswer {
        // No character has less than a byte.
        if text.count <= limit { return .fits }
        var kept = text[...]
        while let last = kept.last, last == ASCII.space { kept.removeLast() }
        if kept.count <= limit { return .fits }
        if encoding.isSingleByte { return .doesNotFit }
        guard encoding.isUTF8 else { return .unknown }
        return kept.count(where: { $0 & 0xc0 != 0x80 }) <= limit ? .fits : .doesNotFit
    }
}
