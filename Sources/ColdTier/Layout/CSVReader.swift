import Bytes
import Rows

/// Reads what ``CSVWriter`` wrote.
///
/// A row is decoded in place, until the row ends or the input does. If the input ends first, only the end of the row is
/// searched for in the next input, and the complete row is then decoded once more. So a long row costs no more per byte
/// than a short one, wherever the input is cut.
struct CSVReader: RowReader {
    private let decoder: CSVDecoder
    private let limit: Int
    private let header: [UInt8]
    private var headerTaken = 0
    /// The beginning of a row whose end was not read yet, and whether the next byte is within quotes.
    private var partial: [UInt8] = []
    private var quoted = false
    private var row = ByteBuffer()
    private var count: Int64 = 0

    /// This many bytes are decoded at a time. It bounds the room that is reserved for a row, and fits into the nearest
    /// caches.
    private static let window = 128 << 10
    private static let kept = 1 << 20

    init(columns: [ExportColumn], limit: Int, withHeader: Bool) {
        decoder = CSVDecoder(kinds: columns.map(\.kind))
        header = withHeader ? CSVHeader.bytes(columns) : []
        self.limit = limit
    }

    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var (input, end) = bytes.bounds
        while headerTaken < header.count, let byte = input.byte(before: end) {
            guard byte == header[headerTaken] else { throw RowError.header }
            headerTaken += 1
            input += 1
        }
        while input < end {
            let windowEnd = end - input > Self.window ? input + Self.window : end
            try readWindow(&input, windowEnd, body)
        }
    }

    func finish() throws(RowError) {
        guard headerTaken == header.count else { throw .header }
        guard partial.isEmpty else { throw .cutOff(row: count + 1) }
    }

    private mutating func readWindow(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if !partial.isEmpty {
            guard try keep(&input, end) else { return }
            try partial.withUnsafeBytes { bytes in
                var (start, end) = bytes.bounds
                guard try Self.decode(&start, end, decoder, &row, count + 1), start == end else {
                    throw RowError.malformed(row: count + 1, what: Flaw.incomplete.what)
                }
            }
            partial.removeAll(keepingCapacity: partial.capacity <= Self.kept)
            try hand(body)
        }
        while input < end {
            guard try Self.decode(&input, end, decoder, &row, count + 1) else {
                quoted = false
                guard try !keep(&input, end) else {
                    throw RowError.malformed(row: count + 1, what: Flaw.incomplete.what)
                }
                return
            }
            try hand(body)
        }
    }

    @inline(__always)
    private mutating func hand(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        count += 1
        guard row.count <= limit else { throw RowError.tooLong(row: count) }
        try row.withUnsafeBytes(body)
    }

    /// Decodes one row.
    /// - Returns: false if the row does not end before `end`; the pointer then does not move.
    @inline(__always)
    private static func decode(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ decoder: CSVDecoder, _ row: inout ByteBuffer,
        _ number: Int64
    ) throws(RowError) -> Bool {
        row.removeAll()
        var next = input
        do {
            // A byte may become an escape of two bytes, and an empty field (NULL) becomes `\N`.
            let room = 2 * (end - input) + 3 * decoder.kinds.count + ByteBlock.count
            try row.append(atMost: room) { start throws(Flaw) in try decoder.decode(&next, end, start) }
        } catch {
            if error == .incomplete { return false }
            throw error.error(row: number, columns: decoder.kinds.count, found: CSVDecoder.countFields(input, end))
        }
        input = next
        return true
    }

    /// Adds bytes to the partial row, up to the end of the row.
    /// - Returns: true if the end was found.
    private mutating func keep(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(RowError) -> Bool {
        let start = input
        var whole = false
        while input < end, !whole {
            let byte = input.load(as: UInt8.self)
            input += 1
            if byte == ASCII.quote { quoted.toggle() } else if byte == ASCII.newline { whole = !quoted }
        }
        // A value's bytes are at most doubled, and each field has two quotes and a comma.
        guard partial.count + (input - start) <= 2 * limit + 8 * decoder.kinds.count else {
            throw .tooLong(row: count + 1)
        }
        partial.append(contentsOf: UnsafeRawBufferPointer(start: start, count: input - start))
        return whole
    }
}

/// Decodes one row of CSV to its canonical form.
struct CSVDecoder {
    let kinds: [ExportColumn.Kind]

    /// - Parameters:
    ///   - input: at the row's first byte; afterwards behind its line end.
    ///   - start: where the canonical row is written.
    /// - Returns: the length of the canonical row, in bytes.
    func decode(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ start: UnsafeMutableRawPointer
    ) throws(Flaw) -> Int {
        var output = start
        var first = true
        for kind in kinds {
            if !first {
                guard let byte = input.byte(before: end) else { throw .incomplete }
                guard byte == ASCII.comma else { throw byte == ASCII.newline ? .fieldCount : .quote }
                input += 1
                output.put(ASCII.tab)
            }
            first = false
            guard let byte = input.byte(before: end) else { throw .incomplete }
            if byte == ASCII.comma || byte == ASCII.newline {
                output.put(ASCII.backslash, UInt8(ascii: "N"))
                continue
            }
            switch kind {
            case .number: try Self.number(&input, end, &output)
            case .boolean: try Self.boolean(&input, end, &output)
            case .json, .text:
                guard byte == ASCII.quote else { throw .unquoted }
                input += 1
                try Self.text(&input, end, &output)
            }
        }
        guard let byte = input.byte(before: end) else { throw .incomplete }
        guard byte == ASCII.newline else { throw byte == ASCII.comma ? .fieldCount : .quote }
        input += 1
        return output - start
    }

    /// Reads up to the closing quote, and moves behind it.
    @inline(__always)
    private static func text(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        while true {
            Quoted.copyOthers(&input, end, to: &output)
            guard let byte = input.byte(before: end) else { throw .incomplete }
            input += 1
            if byte == ASCII.quote {
                guard let next = input.byte(before: end) else { throw .incomplete }
                guard next == ASCII.quote else { return }
                output.put(ASCII.quote)
                input += 1
            } else if !Quoted.contains(byte) {
                output.put(byte)
            } else if let letter = CopyText.letter(of: byte) {
                output.put(ASCII.backslash, letter)
            } else {
                guard byte != 0 else { throw .control }
                output.put(byte)
            }
        }
    }

    @inline(__always)
    private static func number(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        while let byte = input.byte(before: end) {
            if byte == ASCII.comma || byte == ASCII.newline { return }
            guard NumberText.isPart(byte) else { throw .number }
            output.put(byte)
            input += 1
        }
        throw .incomplete
    }

    @inline(__always)
    private static func boolean(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        let start = input
        do throws(Flaw) {
            try BooleanText.read(&input, end, &output)
        } catch {
            // The input may end within `true` or `false`.
            while let byte = input.byte(before: end), input - start < 5 {
                if byte == ASCII.comma || byte == ASCII.newline { throw error }
                input += 1
            }
            throw input - start < 5 ? .incomplete : error
        }
    }

    /// How many fields the row that begins here has: all of them, or those in the bytes that are there.
    static func countFields(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
        var (input, fields, quoted) = (start, 1, false)
        while let byte = input.byte(before: end), quoted || byte != ASCII.newline {
            if byte == ASCII.quote { quoted.toggle() } else if byte == ASCII.comma, !quoted { fields += 1 }
            input += 1
        }
        return fields
    }
}
