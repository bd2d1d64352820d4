import Bytes

/// The text of a whole number (`pg_strtoint64_safe` in numutils.c of PostgreSQL 16, which also takes other bases and
/// underscores).
enum IntegerText {
    /// - Parameter bytes: 2, 4 or 8: how large the type is.
    /// - Returns: nil if the text is no value of the type.
    @inline(__always)
    static func value(_ text: UnsafeRawBufferPointer, bytes: Int) -> Int64? {
        guard let value = plain(text) ?? any(text) else { return nil }
        switch bytes {
        case 2: return Int16(exactly: value) == nil ? nil : value
        case 4: return Int32(exactly: value) == nil ? nil : value
        default: return value
        }
    }

    /// As a server prints it, up to 18 digits.
    @inline(__always)
    private static func plain(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        guard text.count > index, text.count - index <= 18 else { return nil }
        var value: Int64 = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
            index += 1
        }
        return isNegative ? -value : value
    }

    private static func any(_ text: UnsafeRawBufferPointer) -> Int64? {
        var cursor = TextCursor(text)
        cursor.skipSpace()
        let isNegative = cursor.take(UInt8(ascii: "-"))
        if !isNegative { _ = cursor.take(UInt8(ascii: "+")) }
        let radix = radix(&cursor)
        guard let magnitude = digits(&cursor, radix) else { return nil }
        cursor.skipSpace()
        guard cursor.isAtEnd else { return nil }
        if isNegative { return magnitude <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// Moves past `0x`, `0o` or `0b`.
    static func radix(_ cursor: inout TextCursor) -> UInt64 {
        guard cursor.peek == UInt8(ascii: "0"), let letter = cursor.peek(1) else { return 10 }
        switch ASCII.lowercased(letter) {
        case UInt8(ascii: "x"):
            cursor.skip(2)
            return 16
        case UInt8(ascii: "o"):
            cursor.skip(2)
            return 8
        case UInt8(ascii: "b"):
            cursor.skip(2)
            return 2
        default: return 10
        }
    }

    /// Digits, with an underscore between two of them; in other bases than 10 also before the first.
    private static func digits(_ cursor: inout TextCursor, _ radix: UInt64) -> UInt64? {
        var value: UInt64 = 0
        var count = 0
        while true {
            if let byte = cursor.peek, let digit = hexDigit(byte), digit < radix {
                let (product, overflow) = value.multipliedReportingOverflow(by: radix)
                let (sum, carry) = product.addingReportingOverflow(digit)
                guard !overflow, !carry else { return nil }
                value = sum
                count += 1
                cursor.skip()
            } else if cursor.peek == UInt8(ascii: "_"), count > 0 || radix != 10,
                let after = cursor.peek(1), let digit = hexDigit(after), digit < radix
            {
                cursor.skip()
            } else {
                return count > 0 ? value : nil
            }
        }
    }

    static func hexDigit(_ byte: UInt8) -> UInt64? { ASCII.hexDigit(byte).map(UInt64.init) }
}
