/// Bytes with a meaning in rows and scripts, by name, and the classes of bytes in PostgreSQL's lexical rules (`scan.l`,
/// `psqlscan.l`).
///
/// All of this target is public and not `package`, because Swift 6.3 inlines only public code into other modules.
public enum ASCII {
    /// Between the fields of a row.
    @inlinable @inline(__always) public static var tab: UInt8 { UInt8(ascii: "\t") }
    /// Ends a line.
    @inlinable @inline(__always) public static var newline: UInt8 { UInt8(ascii: "\n") }
    /// Ends a line on other systems.
    @inlinable @inline(__always) public static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    /// A double quote.
    @inlinable @inline(__always) public static var quote: UInt8 { UInt8(ascii: "\"") }
    /// Begins an escape.
    @inlinable @inline(__always) public static var backslash: UInt8 { UInt8(ascii: "\\") }
    /// Between the fields of CSV.
    @inlinable @inline(__always) public static var comma: UInt8 { UInt8(ascii: ",") }
    /// Begins an object of JSON.
    @inlinable @inline(__always) public static var openBrace: UInt8 { UInt8(ascii: "{") }
    /// Ends an object of JSON.
    @inlinable @inline(__always) public static var closeBrace: UInt8 { UInt8(ascii: "}") }
    /// The bytes below it are control bytes.
    @inlinable @inline(__always) public static var space: UInt8 { UInt8(ascii: " ") }

    /// Whether it is one of `0` to `9`.
    @inlinable @inline(__always)
    public static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    /// The value of one of `0` to `9`, `a` to `f` or `A` to `F`; nil for any other byte.
    @inlinable @inline(__always)
    public static func hexDigit(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- UInt8(ascii: "0") }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Whether it is one of `A` to `Z` or `a` to `z`.
    @inlinable @inline(__always)
    public static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// What an unquoted identifier may start with: letters, underscore, and everything outside of ASCII.
    @inlinable @inline(__always)
    public static func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 || byte == UInt8(ascii: "_")
    }

    /// What an unquoted identifier may go on with, except the dollar sign, which a tag must not contain.
    @inlinable @inline(__always)
    public static func isWord(_ byte: UInt8) -> Bool {
        isWordStart(byte) || isDigit(byte)
    }

    /// Whether it is white space.
    @inlinable @inline(__always)
    public static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte &- 0x09 < 5
    }

    /// What ends a `--` comment.
    @inlinable @inline(__always)
    public static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == newline || byte == carriageReturn
    }

    /// A letter of ASCII in lowercase; any other byte as it is.
    @inlinable @inline(__always)
    public static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
