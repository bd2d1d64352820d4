import Bytes
import Rows

/// Takes the values in the parentheses of an INSERT statement apart, as `pg_dump` writes them (`dumpTableData_insert` in `pg_dump.c`), and
/// writes them as COPY writes a row.
///
///     NULL   DEFAULT   true   false   -1.5e+20   'text'   E'text'   B'0101'
struct InsertLiterals {
    /// The text of the row in COPY's text format.
    private(set) var row: [UInt8] = []
    private var text: [UInt8] = []
    private let backslashEscapes: Bool
    private let isUTF8: Bool

    enum Outcome: Equatable {
        /// So many values.
        case values(Int)
        /// The value of this column, counted from 0, is in another form, or is DEFAULT and should not be, or the other way round.
        case unknown(Int)
        /// At this place, counted from 0, there is no value: a comma follows, or the end of the row. No server takes that.
        case missing(Int)
    }

    /// - Parameters:
    ///   - standardConformingStrings: whether a backslash is an ordinary character in `'…'`.
    ///   - isUTF8: whether the statements are, so that `\u` in a string has bytes in it.
    init(standardConformingStrings: Bool, isUTF8: Bool) {
        backslashEscapes = !standardConformingStrings
        self.isUTF8 = isUTF8
    }

    /// Takes what stands between the parentheses of one row.
    /// - Parameters:
    ///   - generated: the columns that have DEFAULT for their value. They are no part of a row.
    ///   - width: how many values a row should have.
    mutating func take(_ values: UnsafeRawBufferPointer, generated: Set<Int>, width: Int) -> Outcome {
        row.removeAll(keepingCapacity: true)
        var cursor = InsertCursor(bytes: values)
        var index = 0
        var isFirst = true
        // The first DEFAULT that is not the value of a generated column. How many values there are says more of the row.
        var odd: Int?
        while true {
            cursor.skipSpace()
            if cursor.isAtEnd || cursor.peek == UInt8(ascii: ",") { return .missing(index) }
            if generated.contains(index) {
                guard cursor.take(word: "default") else { return .unknown(index) }
            } else {
                if !isFirst { row.append(ASCII.tab) }
                isFirst = false
                if cursor.peek.map(ASCII.lowercased) == UInt8(ascii: "d"), cursor.take(word: "default") {
                    odd = odd ?? index
                } else if !value(&cursor) {
                    return .unknown(index)
                }
            }
            index += 1
            cursor.skipSpace()
            if cursor.isAtEnd { break }
            guard cursor.take(UInt8(ascii: ",")) else { return .unknown(index - 1) }
        }
        return odd.map { index == width ? .unknown($0) : .values(index) } ?? .values(index)
    }

    /// Puts a newline behind the row.
    mutating func endRow() { row.append(ASCII.newline) }

    /// Writes the next value.
    /// - Returns: false for one of another form.
    private mutating func value(_ cursor: inout InsertCursor) -> Bool {
        switch cursor.peek {
        case UInt8(ascii: "'"): return string(&cursor, escapes: backslashEscapes)
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            guard cursor.peek(1) == UInt8(ascii: "'") else { return false }
            cursor.skip()
            return string(&cursor, escapes: true)
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            guard cursor.peek(1) == UInt8(ascii: "'") else { return false }
            cursor.skip()
            return string(&cursor, escapes: false)
        case UInt8(ascii: "n"), UInt8(ascii: "N"):
            guard cursor.take(word: "null") else { return false }
            CopyText.escape(nil, to: &row)
            return true
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            row.append(UInt8(ascii: "t"))
            return cursor.take(word: "true")
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            row.append(UInt8(ascii: "f"))
            return cursor.take(word: "false")
        default: return number(&cursor)
        }
    }

    private mutating func number(_ cursor: inout InsertCursor) -> Bool {
        var digits = 0
        while let byte = cursor.peek, Self.isOfNumber(byte) {
            if ASCII.isDigit(byte) { digits += 1 }
            row.append(byte)
            cursor.skip()
        }
        return digits > 0
    }

    /// `strspn(s, "0123456789 +-eE.")`; a blank is in no number that a server prints.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    // MARK: Strings

    /// Writes a string constant, from its first quote to its last.
    private mutating func string(_ cursor: inout InsertCursor, escapes: Bool) -> Bool {
        cursor.skip()
        text.removeAll(keepingCapacity: true)
        while let byte = cursor.peek {
            cursor.skip()
            if byte == UInt8(ascii: "'") {
                guard cursor.take(UInt8(ascii: "'")) else {
                    text.withUnsafeBytes { CopyText.escape($0, to: &row) }
                    return true
                }
                text.append(byte)
            } else if byte == ASCII.backslash, escapes {
                guard escape(&cursor) else { return false }
            } else {
                text.append(byte)
            }
        }
        return false
    }

    /// What a backslash and the bytes behind it stand for (PostgreSQL's manual, 4.1.2.2).
    private mutating func escape(_ cursor: inout InsertCursor) -> Bool {
        guard let byte = cursor.peek else { return false }
        cursor.skip()
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(ASCII.newline)
        case UInt8(ascii: "r"): text.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): text.append(ASCII.tab)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            cursor.goBack()
            text.append(UInt8(truncatingIfNeeded: cursor.number(base: 8, digits: 1...3) ?? 0))
        case UInt8(ascii: "x"):
            // Without digits, it is the letter.
            text.append(cursor.number(base: 16, digits: 1...2).map { UInt8($0) } ?? byte)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let digits = byte == UInt8(ascii: "u") ? 4 : 8
            guard isUTF8, let number = cursor.number(base: 16, digits: digits...digits),
                let scalar = Unicode.Scalar(UInt32(number))
            else { return false }
            text += Array(String(Character(scalar)).utf8)
        default: text.append(byte)
        }
        return true
    }
}

/// Walks over the bytes of a row.
private struct InsertCursor {
    let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }
    var peek: UInt8? { peek(0) }

    func peek(_ ahead: Int) -> UInt8? { index + ahead < bytes.count ? bytes[index + ahead] : nil }

    mutating func skip() { index += 1 }

    mutating func goBack() { index -= 1 }

    mutating func skipSpace() {
        while let byte = peek, ASCII.isSpace(byte) { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    /// Moves past a word, given in lowercase, that ends there.
    mutating func take(word: String) -> Bool {
        let letters = Array(word.utf8)
        for (ahead, letter) in letters.enumerated() {
            guard let byte = peek(ahead), ASCII.lowercased(byte) == letter else { return false }
        }
        if let after = peek(letters.count), ASCII.isWord(after) { return false }
        index += letters.count
        return true
    }

    /// The digits that come next, as many as there are up to the most.
    /// - Returns: nil where there are too few.
    mutating func number(base: Int, digits: ClosedRange<Int>) -> Int? {
        var number = 0
        var count = 0
        while count < digits.upperBound, let byte = peek,
            let digit = Int(String(decoding: [byte], as: UTF8.self), radix: base)
        {
            number = number * base + digit
            count += 1
            index += 1
        }
        return count >= digits.lowerBound ? number : nil
    }
}
