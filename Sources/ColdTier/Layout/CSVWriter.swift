import Bytes
import Rows

/// Writes what PostgreSQL's `COPY … (FORMAT csv, HEADER)` reads: RFC 4180 with `\n` as line end. NULL is an empty
/// field, empty text is `""`. Numbers and booleans (`true`, `false`, which engines know and PostgreSQL reads) are not
/// quoted; everything else is.
struct CSVWriter: RowWriter {
    let header: [UInt8]
    private let kinds: [ExportColumn.Kind]

    init(columns: [ExportColumn]) {
        header = CSVHeader.bytes(columns)
        kinds = columns.map(\.kind)
    }

    func append(_ row: UnsafeRawBufferPointer, number: Int64, to output: inout ByteBuffer) throws(RowError) {
        // A quote becomes two, each field may get two quotes, and some bytes behind the end are overwritten.
        let room = 2 * row.count + 6 * kinds.count + 1 + DoubledQuotes.overrun
        do {
            try output.append(atMost: room) { start throws(Flaw) in try write(row, start) }
        } catch {
            throw error.error(row: number, columns: kinds.count, found: countFields(row))
        }
    }

    private func write(_ row: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer) throws(Flaw) -> Int {
        var (input, end) = row.bounds
        var output = start
        var first = true
        for kind in kinds {
            if !first {
                guard input.byte(before: end) == ASCII.tab else { throw .fieldCount }
                input += 1
                output.put(ASCII.comma)
            }
            first = false
            if input.isNull(before: end) {
                input += 2
                continue
            }
            switch kind {
            case .number: try Self.number(&input, end, &output)
            case .boolean: try BooleanText.write(&input, end, &output)
            case .json, .text:
                output.put(ASCII.quote)
                try Self.text(&input, end, &output)
                output.put(ASCII.quote)
            }
        }
        guard input == end else { throw .fieldCount }
        output.put(ASCII.newline)
        return output - start
    }

    @inline(__always)
    private static func text(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        while true {
            DoubledQuotes.write(&input, end, to: &output)
            guard let byte = input.byte(before: end) else { return }
            switch byte {
            case ASCII.tab: return
            case ASCII.quote: output.put(ASCII.quote, ASCII.quote)
            case ASCII.backslash:
                input += 1
                guard let letter = input.byte(before: end), let value = CopyText.control(letter: letter) else {
                    throw .escape
                }
                output.put(value)
            case ASCII.space...: output.put(byte)
            case 0: throw .control
            case _ where CopyText.letter(of: byte) != nil: throw .control
            default: output.put(byte)
            }
            input += 1
        }
    }

    @inline(__always)
    private static func number(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        let start = input
        while let byte = input.byte(before: end), byte != ASCII.tab {
            guard NumberText.isPart(byte) else { throw .number }
            output.put(byte)
            input += 1
        }
        guard input > start else { throw .number }
    }
}

/// The first line of a CSV file.
enum CSVHeader {
    /// The column names. A name is quoted if it has other characters than ASCII letters, digits and underscores.
    static func bytes(_ columns: [ExportColumn]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { line.append(ASCII.comma) }
            let name = Array(column.name.utf8)
            if name.allSatisfy(isPlain), !name.isEmpty {
                line += name
            } else {
                line.append(ASCII.quote)
                for byte in name { line += byte == ASCII.quote ? [byte, byte] : [byte] }
                line.append(ASCII.quote)
            }
        }
        return line + [ASCII.newline]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Doubles quotes within quoted text, as CSV requires, block by block.
///
/// JSON has a quote every few bytes, at irregular distances. A branch at each quote would be predicted wrong so often
/// that it would cost more than all the rest. So a block is first stored as if it had no quotes. Then, for each quote,
/// the bytes from that quote on are stored again, one byte further than before: this overwrites what was stored there
/// wrongly. The first of these stores are done even if there is no quote; a store for a quote that does not exist goes
/// behind the block's end, where the next block overwrites it.
enum DoubledQuotes {
    /// How many bytes behind the end of the output may be overwritten.
    static let overrun = 2 * ByteBlock.count + usual

    /// This many quotes in a block are handled without a branch. Measured on JSON: more would cost as much as they
    /// save.
    private static let usual = 2

    /// Copies and doubles quotes, up to a control byte, a backslash, or the last bytes before the end.
    @inline(__always)
    static func write(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, to output: inout UnsafeMutableRawPointer
    ) {
        // Stands for "no quote": the bit behind the block.
        let none: UInt32 = 1 << 16
        // A block that begins at any byte of this block must be readable, too.
        while end - input >= 2 * ByteBlock.count {
            let block = ByteBlock(input)
            block.store(output)
            let stop = (Escaped.find(in: block).mask | none).trailingZeroBitCount
            let before = (1 as UInt32) &<< UInt32(truncatingIfNeeded: stop) &- 1
            var quotes = (block == ASCII.quote).mask & before | none
            var added = 0
            for index in 1...usual {
                let place = quotes.trailingZeroBitCount
                ByteBlock(input + place).store(output + (place &+ index))
                quotes = quotes & (quotes &- 1) | none
                // The place is 16 when there is none.
                added &+= 1 &- place &>> 4
            }
            while quotes != none {
                let place = quotes.trailingZeroBitCount
                added &+= 1
                ByteBlock(input + place).store(output + (place &+ added))
                quotes &= quotes &- 1
            }
            input += stop
            output += stop &+ added
            if stop < ByteBlock.count { return }
        }
    }
}
