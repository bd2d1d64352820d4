import Bytes
import Rows

/// Reads what ``JSONLinesWriter`` wrote: the same keys in the same order, the same spelling, nothing else.
struct JSONLinesReader: RowReader {
    /// The JSON has no line ends within values, so lines are split in the same way as rows.
    private var lines: CopyRows
    private let decoder: JSONLinesDecoder
    private let limit: Int
    private var row = ByteBuffer()

    init(columns: [ExportColumn], limit: Int) {
        decoder = JSONLinesDecoder(columns: columns.map(JSONColumn.init))
        self.limit = limit
        // A byte may have become `\u0001`, and each value has its key.
        lines = CopyRows(limit: 6 * limit + decoder.overhead)
    }

    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try Self.read(bytes, &lines, decoder, &row, limit, body)
    }

    func finish() throws(RowError) { try lines.finish() }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ lines: inout CopyRows, _ decoder: JSONLinesDecoder,
        _ row: inout ByteBuffer, _ limit: Int, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var number = lines.count
        try lines.read(bytes) { line in
            number += 1
            row.removeAll()
            do throws(Flaw) {
                try row.append(atMost: 2 * line.count + decoder.overhead) { start throws(Flaw) in
                    try decoder.decode(line, start)
                }
            } catch {
                throw error.error(row: number, columns: decoder.columns.count, found: 0)
            }
            guard row.count <= limit else { throw RowError.tooLong(row: number) }
            try row.withUnsafeBytes(body)
        }
    }
}

/// One line of JSON into its canonical row.
struct JSONLinesDecoder: Sendable {
    let columns: [JSONColumn]
    /// How many bytes a row may have in addition to its values, in either form.
    let overhead: Int

    init(columns: [JSONColumn]) {
        self.columns = columns
        overhead = columns.reduce(2 + ByteBlock.count) { $0 + $1.key.count + 8 }
    }

    /// - Parameter start: where the canonical row is written.
    /// - Returns: the length of the canonical row, in bytes.
    func decode(_ line: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer) throws(Flaw) -> Int {
        var (input, end) = line.bounds
        var output = start
        guard input.byte(before: end) == ASCII.openBrace else { throw .json }
        input += 1
        var first = true
        var isFirstKey = true
        for column in columns {
            if !first { output.put(ASCII.tab) }
            first = false
            guard Self.takeKey(column.key, isFirstKey, &input, end) else {
                guard column.kind == .json else { throw .key }
                output.put(ASCII.backslash, UInt8(ascii: "N"))
                continue
            }
            isFirstKey = false
            if column.kind == .json {
                try Self.json(&input, end, &output)
            } else if input.take("null", before: end) {
                output.put(ASCII.backslash, UInt8(ascii: "N"))
            } else {
                switch column.kind {
                case .number: try Self.number(&input, end, &output)
                case .boolean: try BooleanText.read(&input, end, &output)
                case .text, .json: try Self.text(&input, end, &output)
                }
            }
        }
        guard let brace = input.byte(before: end) else { throw .incomplete }
        guard brace == ASCII.closeBrace else { throw .key }
        guard input + 1 == end else { throw .lineEnd }
        return output - start
    }

    @inline(__always)
    private static func takeKey(
        _ key: [UInt8], _ isFirst: Bool, _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> Bool {
        var next = input
        if !isFirst {
            guard next.byte(before: end) == ASCII.comma else { return false }
            next += 1
        }
        guard end - next >= key.count, key.withUnsafeBytes({ next.equals($0) }) else { return false }
        input = next + key.count
        return true
    }

    /// Reads a string, from its opening quote to behind the closing one.
    @inline(__always)
    private static func text(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        guard input.byte(before: end) == ASCII.quote else { throw .unquoted }
        input += 1
        while true {
            Quoted.copyOthers(&input, end, to: &output)
            guard let byte = input.byte(before: end) else { throw .incomplete }
            input += 1
            if byte == ASCII.quote { return }
            guard byte == ASCII.backslash else { throw .control }
            guard let letter = input.byte(before: end) else { throw .incomplete }
            input += 1
            switch letter {
            case ASCII.quote: output.put(ASCII.quote)
            case UInt8(ascii: "u"): try unicode(&input, end, &output)
            case UInt8(ascii: "v"): throw .escape
            default:
                guard CopyText.control(letter: letter) != nil else { throw .escape }
                output.put(ASCII.backslash, letter)
            }
        }
    }

    /// Reads a control byte that has no shorter escape: `\u0001`, lowercase.
    @inline(never)
    private static func unicode(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        guard input.take("00", before: end), let high = input.byte(before: end), high & 0xfe == 0x30 else {
            throw .escape
        }
        input += 1
        guard let low = input.byte(before: end), let value = HexDigit.value(lowercase: low) else { throw .escape }
        input += 1
        let byte = (high & 1) << 4 | value
        if byte == 0x0b {
            output.put(ASCII.backslash, UInt8(ascii: "v"))
        } else {
            guard byte != 0, CopyText.letter(of: byte) == nil else { throw .escape }
            output.put(byte)
        }
    }

    @inline(__always)
    private static func number(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        let start = input
        if input.byte(before: end) == ASCII.quote {
            let written = output
            try text(&input, end, &output)
            // A number in quotes is an error if JSON can express it: the writer would not have quoted it.
            var next = UnsafeRawPointer(written)
            guard !NumberText.skip(&next, UnsafeRawPointer(output)) || next < UnsafeRawPointer(output) else {
                throw .number
            }
            return
        }
        guard NumberText.skip(&input, end) else { throw .number }
        let count = input - start
        output.copyMemory(from: start, byteCount: count)
        output += count
    }

    /// Reads nested JSON. Its backslashes are doubled in a canonical row.
    @inline(__always)
    private static func json(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        let valueEnd: UnsafeRawPointer
        do throws(JSONFlaw) {
            valueEnd = try NestedJSON.end(input, end)
        } catch {
            throw error == .incomplete ? .incomplete : .json
        }
        while true {
            Escaped.copyOthers(&input, valueEnd, to: &output)
            guard let byte = input.byte(before: valueEnd) else { return }
            guard byte == ASCII.backslash else { throw .control }
            output.put(byte, byte)
            input += 1
        }
    }
}

extension HexDigit {
    /// - Returns: nil if the byte is not a hex digit, or is an uppercase one.
    static func value(lowercase byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
