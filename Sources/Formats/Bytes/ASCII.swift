/// Bytes with a meaning in rows and scripts, by name, and the classes of bytes in PostgreSQL's lexical rules (`scan.l`,
/// `psqlscan.l`).
package enum ASCII {
    @inlinable @inline(__always) package static var tab: UInt8 { UInt8(ascii: "\t") }
    @inlinable @inline(__always) package static var newline: UInt8 { UInt8(ascii: "\n") }
    @inlinable @inline(__always) package static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    @inlinable @inline(__always) package static var quote: UInt8 { UInt8(ascii: "\"") }
    @inlinable @inline(__always) package static var backslash: UInt8 { UInt8(ascii: "\\") }
    @inlinable @inline(__always) package static var comma: UInt8 { UInt8(ascii: ",") }
    @inlinable @inline(__always) package static var openBrace: UInt8 { UInt8(ascii: "{") }
    @inlinable @inline(__always) package static var closeBrace: UInt8 { UInt8(ascii: "}") }
    /// The bytes below it are control bytes.
    @inlinable @inline(__always) package static var space: UInt8 { UInt8(ascii: " ") }

    @inlinable @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    /// What an unquoted identifier may start with: letters, underscore, and everything outside of ASCII.
    @inlinable @inline(__always)
    package static func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 || byte == UInt8(ascii: "_")
    }

    /// What an unquoted identifier may go on with, except the dollar sign, which a tag must not contain.
    @inlinable @inline(__always)
    package static func isWord(_ byte: UInt8) -> Bool {
        isWordStart(byte) || isDigit(byte)
    }

    @inlinable @inline(__always)
    package static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte &- 0x09 < 5
    }

    /// What ends a `--` comment.
    @inlinable @inline(__always)
    package static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == newline || byte == carriageReturn
    }

    @inlinable @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
