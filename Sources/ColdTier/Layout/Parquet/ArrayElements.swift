import Bytes
import Glibc
import Parquet
import Rows

/// The text of an array of one dimension that begins at index 1 (`array_out` in arrayfuncs.c): `{1,NULL,"a b"}`.
enum ArrayElements {
    /// Adds a row with the elements of an array to a column of lists.
    /// - Parameter scratch: for an element in quotes; its contents have no meaning before and afterwards.
    static func write(
        _ text: UnsafeRawBufferPointer, to column: inout ColumnValues, _ scratch: inout ByteBuffer
    ) throws(Flaw) {
        var (input, end) = text.bounds
        guard text.count >= 2, text[0] == ASCII.openBrace, text[text.count - 1] == ASCII.closeBrace else {
            throw .array
        }
        (input, end) = (input + 1, end - 1)
        guard input < end else { return column.appendEmptyList() }
        var isFirst = true
        while true {
            if input.byte(before: end) == ASCII.quote {
                input += 1
                try unquote(&input, end, to: &scratch)
                try scratch.withBytes { text throws(Flaw) in
                    try TypedText.write(text, column.column.type, to: &column.values)
                }
                column.appendElement(isNull: false, isFirst: isFirst)
            } else {
                let start = input
                while let byte = input.byte(before: end), byte != ASCII.comma {
                    guard !needsQuotes(byte) else { throw .array }
                    input += 1
                }
                let element = UnsafeRawBufferPointer(start: start, count: input - start)
                guard !element.isEmpty else { throw .array }
                let isNull = element.elementsEqual("NULL".utf8)
                if !isNull { try TypedText.write(element, column.column.type, to: &column.values) }
                column.appendElement(isNull: isNull, isFirst: isFirst)
            }
            isFirst = false
            guard let byte = input.byte(before: end) else { return }
            guard byte == ASCII.comma else { throw .array }
            input += 1
        }
    }

    private static func unquote(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, to scratch: inout ByteBuffer
    ) throws(Flaw) {
        scratch.removeAll()
        var next = input
        try scratch.append(atMost: end - input) { start throws(Flaw) in
            var output = start
            while true {
                guard let byte = next.byte(before: end) else { throw .array }
                next += 1
                if byte == ASCII.quote { return output - start }
                guard byte == ASCII.backslash else {
                    output.put(byte)
                    continue
                }
                guard let escaped = next.byte(before: end) else { throw .array }
                output.put(escaped)
                next += 1
            }
        }
        input = next
    }

    /// Appends an element, and what is before it.
    static func read(
        _ value: UnsafeRawBufferPointer, _ type: ColumnSchema.ValueType, isFirst: Bool, to text: inout ByteBuffer
    ) throws(Flaw) {
        let room = TypedText.room(type, size: value.count)
        try text.append(atMost: 3 + 2 * room) { start throws(Flaw) in
            var output = start
            output.put(isFirst ? ASCII.openBrace : ASCII.comma)
            let content = output
            // Behind the place of the element, so that it can be quoted.
            let plain = output + room + 2
            var plainEnd = plain
            try TypedText.read(value, type, to: &plainEnd)
            let bytes = UnsafeRawBufferPointer(start: plain, count: plainEnd - plain)
            guard needsQuotes(bytes) else {
                memmove(content, plain, bytes.count)
                return 1 + bytes.count
            }
            output.put(ASCII.quote)
            for byte in bytes {
                if byte == ASCII.quote || byte == ASCII.backslash { output.put(ASCII.backslash) }
                output.put(byte)
            }
            output.put(ASCII.quote)
            return output - start
        }
    }

    /// Whether the server quotes an element.
    private static func needsQuotes(_ text: UnsafeRawBufferPointer) -> Bool {
        text.isEmpty || text.contains(where: { needsQuotes($0) || $0 == ASCII.comma })
            || text.count == 4 && text.lazy.map(ASCII.lowercased).elementsEqual("null".utf8)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case ASCII.quote, ASCII.backslash, ASCII.openBrace, ASCII.closeBrace: true
        default: ASCII.isSpace(byte)
        }
    }
}
