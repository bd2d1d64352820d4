/// Where a JSON value ends, without what it means: brackets are counted and not matched, so depth costs nothing.
enum NestedJSON {
    /// - Parameter start: the first byte of the value.
    /// - Returns: behind the value.
    /// - Throws: ``Flaw/incomplete`` when it does not end; ``Flaw/json`` when none begins there.
    static func end(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Flaw) -> UnsafeRawPointer {
        var input = start
        guard let byte = input.byte(before: end) else { throw .incomplete }
        switch byte {
        case ASCII.quote: try skipString(&input, end)
        case ASCII.openBrace, UInt8(ascii: "["): try skipNested(&input, end)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            guard
                input.take("true", before: end) || input.take("false", before: end) || input.take("null", before: end)
            else { throw .json }
        default: guard NumberText.skip(&input, end) else { throw .json }
        }
        return input
    }

    @inline(__always)
    private static func skipNested(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Flaw) {
        var depth = 0
        repeat {
            guard let byte = input.byte(before: end) else { throw .incomplete }
            if byte == ASCII.quote {
                try skipString(&input, end)
                continue
            }
            // Brackets and braces differ in one bit each.
            if byte | 0x20 == ASCII.openBrace { depth += 1 } else if byte | 0x20 == ASCII.closeBrace { depth -= 1 }
            input += 1
        } while depth > 0
    }

    /// From an opening quote over the closing one.
    @inline(__always)
    private static func skipString(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Flaw) {
        input += 1
        while true {
            Quoted.skipOthers(&input, end)
            guard let byte = input.byte(before: end) else { throw .incomplete }
            input += 1
            if byte == ASCII.quote { return }
            guard byte == ASCII.backslash, input < end else { throw .json }
            input += 1
        }
    }
}
