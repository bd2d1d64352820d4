import Bytes

/// Cuts bytes into ``SQLToken``s.
struct SQLLexer {
    /// The most tokens that are taken, and the most bytes of a string constant that are kept: what `pg_dump` writes is
    /// far below both, except for values and the bodies of functions, which are not looked into.
    static let mostTokens = 1 << 20
    static let longestText = 64 * 1024

    private let bytes: [UInt8]
    private let encoding: TextEncoding
    private let standardConformingStrings: Bool
    private let longestText: Int
    private var index = 0

    init(
        _ bytes: [UInt8], _ encoding: TextEncoding, _ standardConformingStrings: Bool,
        longestText: Int = Self.longestText
    ) {
        self.bytes = bytes
        self.encoding = encoding
        self.standardConformingStrings = standardConformingStrings
        self.longestText = longestText
    }

    mutating func all() -> [SQLToken] {
        var tokens: [SQLToken] = []
        while tokens.count < Self.mostTokens, let token = next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() -> SQLToken? {
        skipSpaceAndComments()
        guard let byte = peek() else { return nil }
        switch byte {
        case UInt8(ascii: "'"):
            return .string(string(escapes: !standardConformingStrings))
        case UInt8(ascii: "\""):
            return .quoted(quoted(by: byte, escapes: false))
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            guard peek(1) == UInt8(ascii: "'") else { return word() }
            index += 1
            return .string(string(escapes: true))
        case UInt8(ascii: "$"):
            return dollarString() ?? symbol()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(text(while: { ASCII.isWord($0) || $0 == UInt8(ascii: ".") }))
        case _ where ASCII.isWordStart(byte):
            return word()
        default:
            return symbol()
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        index + ahead < bytes.count ? bytes[index + ahead] : nil
    }

    private mutating func symbol() -> SQLToken {
        defer { index += 1 }
        return .symbol(bytes[index])
    }

    private mutating func word() -> SQLToken {
        .word(text(while: { ASCII.isWord($0) || $0 == UInt8(ascii: "$") }, folding: true))
    }

    private mutating func text(while fits: (UInt8) -> Bool, folding: Bool = false) -> String {
        let start = index
        while let byte = peek(), fits(byte) { index += encoding.isLeadByte(byte) ? 2 : 1 }
        index = min(index, bytes.count)
        let raw = bytes[start..<index]
        return encoding.decode(folding ? raw.map(ASCII.lowercased)[...] : raw)
    }

    private mutating func string(escapes: Bool) -> String {
        quoted(by: UInt8(ascii: "'"), escapes: escapes)
    }

    /// Reads the text between quotes; a doubled quote stands for one. Of the escapes, only those of quotes and
    /// backslashes are resolved: no name that a dump prints needs another one.
    private mutating func quoted(by quote: UInt8, escapes: Bool) -> String {
        index += 1
        var content: [UInt8] = []
        while let byte = peek() {
            if byte == quote {
                guard peek(1) == quote else { break }
                index += 1
            } else if escapes && byte == UInt8(ascii: "\\") && peek(1) != nil {
                index += 1
            } else if encoding.isLeadByte(byte), index + 1 < bytes.count {
                if content.count < longestText { content.append(byte) }
                index += 1
            }
            if content.count < longestText { content.append(bytes[index]) }
            index += 1
        }
        index = min(index + 1, bytes.count)
        return encoding.decode(content)
    }

    /// `$tag$ … $tag$`; nil, with nothing consumed, where the dollar does not start such a tag.
    private mutating func dollarString() -> SQLToken? {
        var end = index + 1
        while end < bytes.count, ASCII.isWord(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$"), !ASCII.isDigit(bytes[index + 1]) else { return nil }
        let tag = bytes[index...end]
        let start = end + 1
        var close = start
        while close + tag.count <= bytes.count {
            if bytes[close..<close + tag.count] == tag {
                index = close + tag.count
                return .string(encoding.decode(bytes[start..<close].prefix(longestText)))
            }
            close += 1
        }
        index = bytes.count
        return .string(encoding.decode(bytes[start...].prefix(longestText)))
    }

    private mutating func skipSpaceAndComments() {
        while let byte = peek() {
            if ASCII.isSpace(byte) {
                index += 1
            } else if byte == UInt8(ascii: "-"), peek(1) == byte {
                while let byte = peek(), !ASCII.isLineEnd(byte) { index += 1 }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                index += 2
            } else {
                index += 1
            }
        } while depth > 0 && index < bytes.count
        index = min(index, bytes.count)
    }
}
