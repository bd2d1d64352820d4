/// A name by which a reader of the log knows a statement: the file that it comes from, or its first words. Values do not appear
/// in it: each literal is a question mark, and comments are left out.
/// - Returns: one line of at most 100 characters.
package func statementName(of sql: String) -> String {
    if let first = sql.split(separator: "\n", maxSplits: 1).first, let file = SQLFile.name(inComment: first) {
        return file
    }
    var words = StatementWords(sql)
    return words.text(limit: 100)
}

/// Reads a statement from its beginning, word by word.
private struct StatementWords {
    private let bytes: [UInt8]
    private var index = 0

    init(_ sql: String) { bytes = Array(sql.utf8) }

    mutating func text(limit: Int) -> String {
        var text: [UInt8] = []
        while text.count < limit, let piece = next() { text += piece }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count < limit && index == bytes.count ? words : words.prefix(limit - 1) + "…"
    }

    /// The next word, symbol, space or placeholder; nil at the end.
    private mutating func next() -> [UInt8]? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "'"):
            skipLiteral()
            return [UInt8(ascii: "?")]
        case UInt8(ascii: "\""):
            return quotedName()
        case UInt8(ascii: "$"):
            return parameter() ?? skippedDollarQuotes()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while index < bytes.count, isWord(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
            return [UInt8(ascii: "?")]
        case UInt8(ascii: "-") where starts(with: "--"):
            while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            return [UInt8(ascii: " ")]
        case UInt8(ascii: "/") where starts(with: "/*"):
            skipComment()
            return [UInt8(ascii: " ")]
        case _ where isWord(byte):
            return word()
        default:
            index += 1
            return [byte]
        }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private func starts(with text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

    private mutating func word() -> [UInt8] {
        let start = index
        while index < bytes.count, isWord(bytes[index]) || bytes[index] == UInt8(ascii: "$") { index += 1 }
        return Array(bytes[start..<index])
    }

    private mutating func quotedName() -> [UInt8] {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
        index = min(index + 1, bytes.count)
        return Array(bytes[start..<index])
    }

    /// Whether a backslash escapes a quote depends on a setting of the session, so after a literal that holds one, all that
    /// follows is skipped too: none of it can be told from a value.
    private mutating func skipLiteral() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "'") {
            if bytes[index] == UInt8(ascii: "\\") {
                index = bytes.count
                return
            }
            index += 1
        }
        index = min(index + 1, bytes.count)
    }

    /// `$1`
    private mutating func parameter() -> [UInt8]? {
        var end = index + 1
        while end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { end += 1 }
        guard end > index + 1 else { return nil }
        defer { index = end }
        return Array(bytes[index..<end])
    }

    /// `$$ … $$` or `$tag$ … $tag$`; to the end where it has none.
    private mutating func skippedDollarQuotes() -> [UInt8] {
        var end = index + 1
        while end < bytes.count, isWord(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            index += 1
            return [UInt8(ascii: "$")]
        }
        let quote = bytes[index...end]
        index = end + 1
        while index < bytes.count, !bytes[index...].starts(with: quote) { index += 1 }
        index = min(index + quote.count, bytes.count)
        return [UInt8(ascii: "?")]
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                index += 2
            } else if starts(with: "*/") {
                depth -= 1
                index += 2
            } else {
                index += 1
            }
        } while depth > 0 && index < bytes.count
        index = min(index, bytes.count)
    }
}
