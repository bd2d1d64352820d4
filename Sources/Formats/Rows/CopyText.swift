import Bytes
import Glibc

/// The fields of rows in COPY's text format, with its defaults: a tab between two fields, `\N` for NULL, backslashes
/// that escape. The format is described in PostgreSQL's documentation of COPY ("Text Format"), and implemented in its
/// copyto.c and copyfromparse.c.
package enum CopyText {
    /// One field of a row, still escaped, without looking at all the others: the search begins at the nearer end.
    /// - Parameters:
    ///   - index: 0-based.
    ///   - columns: how many fields the row has. If the row has another number of fields, the result may be the wrong
    ///     field; a caller that must be sure has to count them.
    ///   - row: in canonical form, without its newline. Tabs within values are escaped there.
    /// - Returns: nil where the row has too few fields.
    package static func field(
        at index: Int, of columns: Int, in row: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard index >= 0, index < columns else { return nil }
        guard let base = row.baseAddress else { return columns == 1 ? row : nil }
        var start = base
        var end = base + row.count
        if index < columns - 1 - index {
            for _ in 0..<index {
                guard let found = memchr(start, tab, end - start) else { return nil }
                start = UnsafeRawPointer(found) + 1
            }
            guard let found = memchr(start, tab, end - start) else { return nil }
            end = UnsafeRawPointer(found)
        } else {
            for _ in index + 1..<columns {
                guard let found = lastTab(base, end) else { return nil }
                end = found
            }
            if let found = lastTab(base, end) {
                start = found + 1
            } else if index > 0 {
                return nil
            }
        }
        return UnsafeRawBufferPointer(start: start, count: end - start)
    }

    /// Whether a field, still escaped, is NULL: exactly `\N`.
    @inline(__always)
    package static func isNull(_ field: UnsafeRawBufferPointer) -> Bool {
        field.count == 2 && field[0] == UInt8(ascii: "\\") && field[1] == UInt8(ascii: "N")
    }

    /// The value of a field, read as the server reads it. In addition to the escapes that the server writes, that is
    /// `\` with up to three octal digits, `\x` with one or two hex digits, and any other byte after a backslash, which
    /// stands for itself.
    /// - Returns: nil for NULL.
    package static func unescape(_ field: UnsafeRawBufferPointer) -> [UInt8]? {
        if isNull(field) { return nil }
        var value = ByteBuffer()
        unescape(field, to: &value)
        return value.bytes
    }

    /// Appends the value of a field that is not NULL.
    package static func unescape(_ field: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        output.append(atMost: field.count) { start in
            var target = start
            var index = 0
            while index < field.count {
                let rest = UnsafeRawBufferPointer(rebasing: field[index...])
                guard let backslash = memchr(rest.baseAddress!, Int32(UInt8(ascii: "\\")), rest.count) else {
                    target.copyMemory(from: rest.baseAddress!, byteCount: rest.count)
                    target += rest.count
                    break
                }
                let plain = UnsafeRawPointer(backslash) - rest.baseAddress!
                target.copyMemory(from: rest.baseAddress!, byteCount: plain)
                target += plain
                index += plain + 1
                // The server drops a backslash at the end.
                guard index < field.count else { break }
                target.storeBytes(of: escaped(field, &index), as: UInt8.self)
                target += 1
            }
            return target - start
        }
    }

    /// The byte that a backslash and what follows it stand for.
    /// - Parameter index: of the byte behind the backslash; on return, behind the escape.
    @inline(__always)
    private static func escaped(_ field: UnsafeRawBufferPointer, _ index: inout Int) -> UInt8 {
        let escaped = field[index]
        index += 1
        switch escaped {
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var octal = escaped & 7
            var digits = 1
            while digits < 3, index < field.count, field[index] & 0xf8 == 0x30 {
                octal = octal &<< 3 | field[index] & 7
                index += 1
                digits += 1
            }
            return octal
        case UInt8(ascii: "x"):
            guard index < field.count, var hex = ASCII.hexDigit(field[index]) else { return escaped }
            index += 1
            if index < field.count, let second = ASCII.hexDigit(field[index]) {
                hex = hex << 4 | second
                index += 1
            }
            return hex
        default: return control(letter: escaped) ?? escaped
        }
    }

    /// Appends a value as the server writes it: `\b \f \n \r \t \v \\` for those bytes, everything else as it is.
    /// - Parameter value: nil for NULL.
    package static func escape(_ value: UnsafeRawBufferPointer?, to output: inout [UInt8]) {
        guard let value else {
            output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "N")])
            return
        }
        for byte in value {
            if let letter = letter(of: byte) {
                output.append(UInt8(ascii: "\\"))
                output.append(letter)
            } else {
                output.append(byte)
            }
        }
    }

    /// The letter after the backslash for a byte that the server escapes; nil for other bytes.
    @inlinable @inline(__always)
    package static func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0a: UInt8(ascii: "n")
        case 0x0b: UInt8(ascii: "v")
        case 0x0c: UInt8(ascii: "f")
        case 0x0d: UInt8(ascii: "r")
        case UInt8(ascii: "\\"): byte
        default: nil
        }
    }

    /// The byte that a letter after a backslash means, a second backslash included; nil for letters that the server
    /// does not write there.
    @inlinable @inline(__always)
    package static func control(letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "v"): 0x0b
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "\\"): letter
        default: nil
        }
    }

    private static let tab = Int32(UInt8(ascii: "\t"))

    /// Finds the last tab, like `memrchr` in C, which Swift does not see. It searches 8 bytes at a time until one of
    /// them is a tab.
    @inline(__always)
    private static func lastTab(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var end = end
        while end - start >= 8 {
            // Bytes that are tabs become 0, and borrow from their highest bit.
            let word = (end - 8).loadUnaligned(as: UInt64.self) ^ ones &* UInt64(tab)
            if (word &- ones) & ~word & ones << 7 != 0 { break }
            end -= 8
        }
        while end > start {
            end -= 1
            if end.load(as: UInt8.self) == UInt8(ascii: "\t") { return end }
        }
        return nil
    }
}
