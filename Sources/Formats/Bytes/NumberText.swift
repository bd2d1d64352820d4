/// Numbers as text.
public enum NumberText {
    /// True if the byte may be in the text of a PostgreSQL number: digits, signs, a point, `e`, and the letters of
    /// `NaN` and `Infinity`.
    @inlinable @inline(__always)
    public static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    /// Moves behind a JSON number (RFC 8259, 6) that begins here.
    /// - Returns: false if no number begins here; the position of the pointer then has no meaning.
    @inlinable @inline(__always)
    public static func skip(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        if input.byte(before: end) == UInt8(ascii: "-") { input += 1 }
        if input.byte(before: end) == UInt8(ascii: "0") {
            input += 1
        } else {
            guard digits(&input, end) else { return false }
        }
        if input.byte(before: end) == UInt8(ascii: ".") {
            input += 1
            guard digits(&input, end) else { return false }
        }
        if let byte = input.byte(before: end), byte | 0x20 == UInt8(ascii: "e") {
            input += 1
            if let sign = input.byte(before: end), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { input += 1 }
            guard digits(&input, end) else { return false }
        }
        return true
    }

    @inlinable @inline(__always)
    static func digits(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        skipDigits(&input, end) > 0
    }

    /// Moves behind the digits that begin here.
    /// - Returns: how many there are.
    @inlinable @inline(__always)
    public static func skipDigits(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
        let start = input
        while end - input >= 8 {
            let word = UInt64(littleEndian: input.loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
            // The highest bit of each byte that is above 9.
            let others = ((word & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676 | word) & 0x8080_8080_8080_8080
            input += others.trailingZeroBitCount / 8
            if others != 0 { return input - start }
        }
        while let byte = input.byte(before: end), byte &- 0x30 <= 9 { input += 1 }
        return input - start
    }
}
