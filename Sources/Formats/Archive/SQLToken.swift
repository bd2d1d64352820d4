/// A piece of an SQL statement. Comments and white space between pieces are dropped.
package enum SQLToken: Hashable, Sendable {
    /// A keyword or an unquoted identifier, in lower case, as the server folds it.
    case word(String)
    /// An identifier in double quotes, without them.
    case quoted(String)
    /// A string constant, without its quotes: plain, with escapes, or in dollars.
    case string(String)
    /// A number, or what looks like the start of one.
    case number(String)
    /// Any other character, one byte.
    case symbol(UInt8)

    static let comma = SQLToken.symbol(UInt8(ascii: ","))
    static let period = SQLToken.symbol(UInt8(ascii: "."))
    static let semicolon = SQLToken.symbol(UInt8(ascii: ";"))
    static let open = SQLToken.symbol(UInt8(ascii: "("))
    static let close = SQLToken.symbol(UInt8(ascii: ")"))
    static let star = SQLToken.symbol(UInt8(ascii: "*"))
}

/// The tokens of one or more statements, by the lexical rules of PostgreSQL (its manual, 4.1).
///
/// It is meant for the statements that `pg_dump` writes, which are complete. A statement that is cut off gives the
/// tokens up to the cut.
struct SQLTokens {
    let tokens: [SQLToken]

    init(_ text: String) {
        self.init(Array(text.utf8), .utf8)
    }

    /// - Parameters:
    ///   - standardConformingStrings: whether a backslash is an ordinary character in `'…'`.
    ///   - longestText: bytes of a string constant that are kept.
    init(
        _ bytes: [UInt8], _ encoding: TextEncoding, standardConformingStrings: Bool = true,
        longestText: Int = SQLLexer.longestText
    ) {
        var lexer = SQLLexer(bytes, encoding, standardConformingStrings, longestText: longestText)
        tokens = lexer.all()
    }

    /// The tokens of each statement. Semicolons outside of parentheses separate statements and are left out.
    var statements: [ArraySlice<SQLToken>] {
        var depth = 0
        return tokens.split { token in
            if token == .open { depth += 1 }
            if token == .close { depth = max(0, depth - 1) }
            return token == .semicolon && depth == 0
        }
    }

    /// The names and keywords in it: what is written without quotes, and in double quotes.
    var names: Set<String> {
        Set(
            tokens.compactMap { token in
                switch token {
                case .word(let name), .quoted(let name): name
                case .string, .number, .symbol: nil
                }
            })
    }

    /// The value of the first string constant, such as that of `SET client_encoding = 'UTF8';`.
    var firstString: String? {
        for case .string(let value) in tokens { return value }
        return nil
    }
}
