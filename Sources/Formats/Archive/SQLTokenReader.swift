/// Walks over the tokens of one statement.
struct SQLTokenReader {
    private var rest: ArraySlice<SQLToken>

    init(_ tokens: ArraySlice<SQLToken>) {
        rest = tokens
    }

    var isAtEnd: Bool { rest.isEmpty }
    var next: SQLToken? { rest.first }

    mutating func skip() {
        rest = rest.dropFirst()
    }

    /// Takes the keywords if they come next, all of them or none.
    mutating func accept(_ words: String...) -> Bool { accept(words.map { SQLToken.word($0) }) }

    mutating func accept(_ tokens: [SQLToken]) -> Bool {
        guard rest.starts(with: tokens) else { return false }
        rest = rest.dropFirst(tokens.count)
        return true
    }

    mutating func accept(_ token: SQLToken) -> Bool {
        guard rest.first == token else { return false }
        skip()
        return true
    }

    /// Moves past the next occurrence of the keywords that is not in parentheses.
    ///
    /// - Returns: false where there is none; the reader is then at its end.
    mutating func skip(past words: String...) -> Bool {
        let sought = words.map { SQLToken.word($0) }
        var depth = 0
        while let token = rest.first {
            if depth == 0 && rest.starts(with: sought) {
                rest = rest.dropFirst(sought.count)
                return true
            }
            if token == .open { depth += 1 }
            if token == .close { depth -= 1 }
            skip()
        }
        return false
    }

    /// Takes an identifier, quoted or not.
    mutating func name() -> String? {
        switch rest.first {
        case .word(let name)?, .quoted(let name)?:
            skip()
            return name
        default: return nil
        }
    }

    /// Takes `name` or `schema.name`.
    mutating func qualifiedName() -> (schema: String?, name: String)? {
        guard let first = name() else { return nil }
        guard accept(.period) else { return (nil, first) }
        guard let second = name() else { return nil }
        return (first, second)
    }
}
