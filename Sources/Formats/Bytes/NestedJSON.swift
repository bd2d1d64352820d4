/// Finds the end of a JSON value without interpreting it: brackets are counted and not matched, so depth costs nothing.
public enum NestedJSON {
    /// - Parameter start: the first byte of the value.
    /// - Returns: behind the value.
    /// - Throws: ``JSONFlaw/incomplete`` when it does not end; ``JSONFlaw/malformed`` when none begins there.
    @inlinable
    public static func end(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(JSONFlaw) -> UnsafeRawPointer {
        var input = start
        guard let byte = input.byte(before: end) else { throw .incomplete }
        switch byte {
        case ASCII.quote: try skipString(&input, end)
        case ASCII.openBrace, UInt8(ascii: "["): try skipNested(&input, end)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            guard
                input.take("true", before: end) || input.take("false", before: end) || input.take("null", before: end)
            else { throw .malformed }
        default: guard NumberText.skip(&input, end) else { throw .malformed }
        }
        return input
    }

    /// Over an object or an array.
    @inlinable @inline(__always)
    static func skipNested(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(JSONFlaw) {
        var depth = 0
        repeat {
            if skipBlocks(&input, end, &depth) { return }
            guard let byte = input.byte(before: end) else { throw .incomplete }
            if byte == ASCII.quote {
                try skipString(&input, end)
                continue
            }
            // A bracket and the brace of the same direction differ in one bit, 0x20.
            if byte | 0x20 == ASCII.openBrace { depth += 1 } else if byte | 0x20 == ASCII.closeBrace { depth -= 1 }
            input += 1
        } while depth > 0
    }

    /// Skips whole blocks, up to one with a backslash. If the backslash is in a string, the pointer is then before that
    /// string.
    /// - Returns: true when the value ended; the pointer is behind it then.
    @inlinable @inline(__always)
    static func skipBlocks(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ depth: inout Int
    ) -> Bool {
        // `within` is all ones while a block begins within a string; `string` is the position of the last quote, which
        // began it.
        var within: UInt32 = 0
        var string = input
        while end - input >= ByteBlock.count {
            let block = ByteBlock(input)
            if (block == ASCII.backslash).mask != 0 { break }
            let quotes = (block == ASCII.quote).mask
            // Each bit becomes the parity of the quotes up to it: 1 from an opening quote to just before the closing
            // one.
            var strings = quotes
            strings ^= strings &<< 1
            strings ^= strings &<< 2
            strings ^= strings &<< 4
            strings ^= strings &<< 8
            strings = (strings ^ within) & 0xffff
            let folded = block | 0x20
            let opened = (folded == ASCII.openBrace).mask & ~strings
            var brackets = ((folded == ASCII.closeBrace).mask & ~strings) | opened
            while brackets != 0 {
                let place = brackets.trailingZeroBitCount
                depth += opened &>> UInt32(truncatingIfNeeded: place) & 1 == 0 ? -1 : 1
                if depth == 0 {
                    input += place + 1
                    return true
                }
                brackets &= brackets &- 1
            }
            within = strings &>> 15 == 0 ? 0 : ~0
            if quotes != 0 { string = input + (31 - quotes.leadingZeroBitCount) }
            input += ByteBlock.count
        }
        if within != 0 { input = string }
        return false
    }

    /// Moves from an opening quote to behind the closing one.
    @inlinable @inline(__always)
    static func skipString(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(JSONFlaw) {
        input += 1
        while true {
            Quoted.skipOthers(&input, end)
            guard let byte = input.byte(before: end) else { throw .incomplete }
            input += 1
            if byte == ASCII.quote { return }
            guard byte == ASCII.backslash, input < end else { throw .malformed }
            input += 1
        }
    }
}

/// Why a JSON value does not end where one was looked for.
public enum JSONFlaw: UInt8, Error {
    /// The bytes end before the value does.
    case incomplete
    /// No value begins there, or a string in it has an escape that does not exist.
    case malformed
}
