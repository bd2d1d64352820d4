import Postgres

/// The expression of a generated column, in pieces that can be written anew.
///
/// It names nothing by schema, so that with an empty search path it can only call what is PostgreSQL's own; the server
/// itself refuses functions there that are not immutable, and subqueries.
struct GenerationExpression: Equatable, Sendable {
    /// Nil for an expression that names something by schema.
    let sql: String?

    /// Reads `(…)`.
    init(from reader: inout DefinitionReader) throws(DefinitionFlaw) {
        try reader.need("(")
        var (depth, pieces, isPlain, previous) = (1, [String](), true, DefinitionToken.symbol("("))
        while let token = reader.next {
            reader.skip()
            switch token {
            case .symbol("("), .symbol("["): depth += 1
            case .symbol(")"), .symbol("]"): depth -= 1
            case .symbol(";"): throw DefinitionFlaw(description: "has a semicolon within an expression")
            // A field of a row: (pair).left. Anything else before a dot is a schema or a table.
            case .symbol("."): if previous != .symbol(")") { isPlain = false }
            default: break
            }
            if depth == 0 {
                guard token == .symbol(")") else { throw reader.unexpected }
                sql = isPlain && !pieces.isEmpty ? pieces.joined(separator: " ") : nil
                return
            }
            pieces.append(token.sql)
            previous = token
        }
        throw reader.unexpected
    }
}

extension DefinitionToken {
    fileprivate var sql: String {
        switch self {
        case .word(let word), .number(let word), .symbol(let word): word
        case .quoted(let name): quoteIdentifier(name)
        case .text(let text): quoteLiteral(text)
        case .bits(let letter, let digits): "\(letter)'\(digits)'"
        }
    }
}
