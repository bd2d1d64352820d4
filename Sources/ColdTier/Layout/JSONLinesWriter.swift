import Bytes
import Rows

/// Writes JSON Lines: an object a row, its keys in the order of the columns, no white space.
///
/// Numbers are bare if JSON can express them, else strings (`"NaN"`). `jsonb` is nested unchanged. Any other value is a
/// string with the value's text, in UTF-8 with only the escapes that JSON requires. NULL is `null`. Only in a `jsonb`
/// column, where `null` is a value, is NULL an absent key.
struct JSONLinesWriter: RowWriter {
    let header: [UInt8] = []
    private let columns: [JSONColumn]
    /// Bytes for all keys and quotes, and for what values without bytes may become.
    private let overhead: Int

    init(columns: [ExportColumn]) {
        self.columns = columns.map(JSONColumn.init)
        overhead = self.columns.reduce(3 + ByteBlock.count) { $0 + $1.key.count + 8 }
    }

    func append(_ row: UnsafeRawBufferPointer, number: Int64, to output: inout ByteBuffer) throws(RowError) {
        // A quote becomes two bytes. Only a control byte may become six; that is rare, so the row is then written again
        // with more room.
        var flaw = append(row, room: 2 * row.count + 2 * overhead, to: &output)
        if flaw == .room { flaw = append(row, room: 6 * row.count + 2 * overhead, to: &output) }
        if let flaw { throw flaw.error(row: number, columns: columns.count, found: countFields(row)) }
    }

    /// - Returns: nil if the row was written.
    private func append(_ row: UnsafeRawBufferPointer, room: Int, to output: inout ByteBuffer) -> Flaw? {
        do {
            try output.append(atMost: room) { start throws(Flaw) in try write(row, start, start + room) }
            return nil
        } catch {
            return error
        }
    }

    private func write(
        _ row: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer, _ limit: UnsafeMutableRawPointer
    ) throws(Flaw) -> Int {
        var (input, end) = row.bounds
        var output = start
        // `overhead` bytes behind this limit are for keys still to come, and `overhead` bytes before it are for keys
        // already written.
        let limit = limit - overhead
        output.put(ASCII.openBrace)
        var first = true
        var isFirstKey = true
        for column in columns {
            if !first {
                guard input.byte(before: end) == ASCII.tab else { throw .fieldCount }
                input += 1
            }
            first = false
            let isNull = input.isNull(before: end)
            if isNull { input += 2 }
            if isNull && column.kind == .json { continue }
            if !isFirstKey { output.put(ASCII.comma) }
            isFirstKey = false
            column.key.withUnsafeBytes { output.put($0) }
            if isNull {
                output.put("null")
                continue
            }
            switch column.kind {
            case .number: try Self.number(&input, end, &output, limit)
            case .boolean: try BooleanText.write(&input, end, &output)
            case .json: try Self.json(&input, end, &output)
            case .text: try Self.text(&input, end, &output, limit)
            }
        }
        guard input == end else { throw .fieldCount }
        output.put(ASCII.closeBrace, ASCII.newline)
        return output - start
    }

    /// - Parameter limit: the rest of the row, doubled, must fit before it.
    @inline(__always)
    private static func text(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer,
        _ limit: UnsafeMutableRawPointer
    ) throws(Flaw) {
        output.put(ASCII.quote)
        while true {
            Quoted.copyOthers(&input, end, to: &output)
            guard let byte = input.byte(before: end), byte != ASCII.tab else { break }
            input += 1
            if byte == ASCII.quote {
                output.put(ASCII.backslash, ASCII.quote)
            } else if byte == ASCII.backslash {
                guard let letter = input.byte(before: end), CopyText.control(letter: letter) != nil else {
                    throw .escape
                }
                input += 1
                // JSON has the same escapes, except `\v`.
                if letter == UInt8(ascii: "v") {
                    try control(0x0b, end - input, &output, limit)
                } else {
                    output.put(ASCII.backslash, letter)
                }
            } else {
                guard byte != 0, CopyText.letter(of: byte) == nil else { throw .control }
                try control(byte, end - input, &output, limit)
            }
        }
        output.put(ASCII.quote)
    }

    @inline(never)
    private static func control(
        _ byte: UInt8, _ left: Int, _ output: inout UnsafeMutableRawPointer, _ limit: UnsafeMutableRawPointer
    ) throws(Flaw) {
        guard limit - output >= 6 + 2 * left else { throw .room }
        output.put("\\u00")
        output.put(UInt8(ascii: "0") + byte >> 4, HexDigit.lowercase(byte & 15))
    }

    @inline(__always)
    private static func number(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer,
        _ limit: UnsafeMutableRawPointer
    ) throws(Flaw) {
        var next = input
        guard NumberText.skip(&next, end), next == end || next.load(as: UInt8.self) == ASCII.tab else {
            return try text(&input, end, &output, limit)
        }
        while input < next {
            output.put(input.load(as: UInt8.self))
            input += 1
        }
    }

    /// Copies nested JSON. Only its backslashes are doubled in a canonical row, because it has no control bytes.
    @inline(__always)
    private static func json(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        let start = input
        while true {
            Escaped.copyOthers(&input, end, to: &output)
            guard let byte = input.byte(before: end), byte != ASCII.tab else { break }
            guard byte == ASCII.backslash, end - input >= 2,
                input.load(fromByteOffset: 1, as: UInt8.self) == ASCII.backslash
            else { throw .json }
            output.put(ASCII.backslash)
            input += 2
        }
        guard input > start else { throw .json }
    }
}

/// A column as JSON Lines writes it.
struct JSONColumn: Sendable {
    let kind: ExportColumn.Kind
    /// Its name as a string of JSON, and a colon.
    let key: [UInt8]

    init(_ column: ExportColumn) {
        kind = column.kind
        var key = [ASCII.quote]
        for byte in column.name.utf8 {
            switch byte {
            case ASCII.quote, ASCII.backslash: key += [ASCII.backslash, byte]
            case ..<ASCII.space:
                if let letter = CopyText.letter(of: byte), letter != UInt8(ascii: "v") {
                    key += [ASCII.backslash, letter]
                } else {
                    key += Array("\\u00".utf8) + [UInt8(ascii: "0") + byte >> 4, HexDigit.lowercase(byte & 15)]
                }
            default: key.append(byte)
            }
        }
        self.key = key + [ASCII.quote, UInt8(ascii: ":")]
    }
}

/// Digits of hexadecimal numbers.
enum HexDigit {
    /// - Parameter value: 0 to 15.
    static func lowercase(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
