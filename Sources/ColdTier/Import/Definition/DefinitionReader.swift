/// A piece of a definition in a manifest. Comments, `$…$` and whatever else an export never writes are no pieces.
enum DefinitionToken: Equatable, Sendable {
    /// A keyword or a name without quotes, as it is written.
    case word(String)
    /// A name in quotes, without them.
    case quoted(String)
    /// Text in quotes, without them.
    case text(String)
    /// `B'…'` or `X'…'`: its letter, and its digits.
    case bits(Character, String)
    case number(String)
    /// A bracket, a comma, a dot, `::` or an operator.
    case symbol(String)
}

/// Why a definition in a manifest is not used, as the rest of a sentence that begins with it.
struct DefinitionFlaw: Error, Equatable { let description: String }

/// Reads the SQL that an export writes into its manifest, and nothing else: the result is values, from which
/// statements are made anew.
struct DefinitionReader {
    private var rest: ArraySlice<DefinitionToken>

    /// - Throws: ``DefinitionFlaw`` for text that no export writes.
    init(_ text: String) throws(DefinitionFlaw) {
        var lexer = DefinitionLexer(text)
        rest = try lexer.all()[...]
    }

    var isAtEnd: Bool { rest.isEmpty }
    var next: DefinitionToken? { rest.first }

    mutating func skip() { rest = rest.dropFirst() }

    mutating func take(_ symbol: String) -> Bool {
        guard rest.first == .symbol(symbol) else { return false }
        skip()
        return true
    }

    /// Takes keywords, in whatever case, all of them or none.
    mutating func take(words: String...) -> Bool {
        let found = rest.prefix(words.count).elementsEqual(words) { token, word in
            if case .word(let written) = token { written.lowercased() == word } else { false }
        }
        if found { rest = rest.dropFirst(words.count) }
        return found
    }

    mutating func need(_ symbol: String) throws(DefinitionFlaw) {
        guard take(symbol) else { throw unexpected }
    }

    /// A name, with or without quotes.
    mutating func name() throws(DefinitionFlaw) -> String {
        switch rest.first {
        case .word(let name)?:
            skip()
            return name.lowercased()
        case .quoted(let name)?:
            skip()
            return name
        default: throw unexpected
        }
    }

    /// `name` or `schema.name`.
    mutating func qualifiedName() throws(DefinitionFlaw) -> QualifiedName {
        let first = try name()
        guard take(".") else { return QualifiedName(schema: nil, name: first) }
        return QualifiedName(schema: first, name: try name())
    }

    /// Text in quotes.
    mutating func text() throws(DefinitionFlaw) -> String {
        guard case .text(let text)? = rest.first else { throw unexpected }
        skip()
        return text
    }

    mutating func end() throws(DefinitionFlaw) {
        _ = take(";")
        guard isAtEnd else { throw unexpected }
    }

    /// The flaw of what comes next.
    var unexpected: DefinitionFlaw {
        let what: String =
            switch rest.first {
            case nil: "its end"
            case .word(let text)?, .quoted(let text)?, .text(let text)?, .number(let text)?, .symbol(let text)?:
                "\"\(text.prefix(40))\""
            case .bits?: "a bit string"
            }
        return DefinitionFlaw(description: "has \(what) where no export writes it")
    }
}

/// A name with or without a schema.
struct QualifiedName: Hashable, Sendable {
    let schema: String?
    let name: String
}

/// Cuts a definition into pieces, by the lexical rules of PostgreSQL (its manual, 4.1) as far as exports use them.
private struct DefinitionLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func all() throws(DefinitionFlaw) -> [DefinitionToken] {
        var tokens: [DefinitionToken] = []
        while true {
            while let scalar = peek(), scalar == " " || scalar == "\n" { index += 1 }
            guard let scalar = peek() else { return tokens }
            tokens.append(try token(scalar))
        }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    private mutating func token(_ scalar: Unicode.Scalar) throws(DefinitionFlaw) -> DefinitionToken {
        switch scalar {
        case "'": return .text(try quoted("'", escapes: false))
        case "\"": return .quoted(try quoted("\"", escapes: false))
        case "E" where peek(1) == "'":
            index += 1
            return .text(try quoted("'", escapes: true))
        case "B" where peek(1) == "'", "X" where peek(1) == "'":
            index += 1
            let digits = try quoted("'", escapes: false)
            guard digits.allSatisfy(\.isHexDigit) else { throw flaw(scalar) }
            return .bits(Character(scalar), digits)
        case "a"..."z", "A"..."Z", "_":
            return .word(take { $0.isASCIIWord || $0 == "$" })
        case "0"..."9":
            let number = take { $0.isASCIIWord || $0 == "." }
            return .number(number)
        case "(", ")", "[", "]", ",", ".", ";":
            index += 1
            return .symbol(String(scalar))
        case ":":
            guard peek(1) == ":" else { throw flaw(scalar) }
            index += 2
            return .symbol("::")
        default:
            let sign = take { Self.operators.contains($0) }
            guard !sign.isEmpty, !sign.contains("--"), !sign.contains("/*") else { throw flaw(scalar) }
            return .symbol(sign)
        }
    }

    /// What operators consist of (PostgreSQL's manual, 4.1.3).
    private static let operators = Set("+-*/<>=~!@#%^&|`?".unicodeScalars)

    private mutating func take(while fits: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), fits(scalar) {
            text.append(scalar)
            index += 1
        }
        return String(text)
    }

    /// The text between quotes. With escapes, a backslash may only stand before a backslash, which is all that
    /// `quote_literal` writes.
    private mutating func quoted(_ quote: Unicode.Scalar, escapes: Bool) throws(DefinitionFlaw) -> String {
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            index += 1
            if scalar == quote {
                guard peek() == quote else { return String(text) }
                index += 1
            } else if escapes && scalar == "\\" {
                guard peek() == "\\" else { throw flaw(scalar) }
                index += 1
            }
            guard scalar != "\0" else { throw flaw(scalar) }
            text.append(scalar)
        }
        throw DefinitionFlaw(description: "ends within quotes")
    }

    private func flaw(_ scalar: Unicode.Scalar) -> DefinitionFlaw {
        DefinitionFlaw(description: "has \"\(scalar)\" where no export writes it")
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIWord: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
