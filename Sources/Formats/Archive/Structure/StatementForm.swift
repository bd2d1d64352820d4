/// A statement of a definition, token by token: without comments, white space, and quotes that a name does not need.
struct StatementForm: Hashable, Sendable {
    let tokens: [SQLToken]

    /// - Returns: nil for a statement that defines nothing: a setting of the session, the owner, a DROP.
    init?(_ statement: ScriptStatement) {
        var tokens = statement.wholeTokens.map(\.withoutNeedlessQuotes)
        while tokens.last == .semicolon { tokens.removeLast() }
        guard case .word(let verb)? = tokens.first, Self.verbs.contains(verb) else { return nil }
        if verb == "alter", tokens.dropLast().suffix(2).elementsEqual([.word("owner"), .word("to")]) { return nil }
        self.tokens = tokens
    }

    private static let verbs: Set<String> = ["create", "alter", "comment", "grant", "revoke", "security"]

    /// Whether a kind of object is defined by such statements.
    func canDefine(_ kind: String) -> Bool {
        let isOfDefaults = tokens.starts(with: [.word("alter"), .word("default"), .word("privileges")])
        return switch kind {
        case "ACL": tokens[0] == .word("grant") || tokens[0] == .word("revoke")
        case "DEFAULT ACL": isOfDefaults
        case "COMMENT": tokens[0] == .word("comment")
        case "SECURITY LABEL": tokens[0] == .word("security")
        default: (tokens[0] == .word("create") || tokens[0] == .word("alter")) && !isOfDefaults
        }
    }

    /// Whether it names an object, or both parts of a name such as `farmers farmers_pkey`.
    func isAbout(_ name: String) -> Bool {
        let names = tokens.compactMap(\.nameText)
        if names.contains(where: { name == $0 || name.hasPrefix($0 + "(") }) { return true }
        return names.contains { name.hasPrefix($0 + " ") } && names.contains { name.hasSuffix(" " + $0) }
    }
}

extension SQLToken {
    /// `pg_dump --quote-all-identifiers` quotes every name.
    fileprivate var withoutNeedlessQuotes: SQLToken {
        guard case .quoted(let name) = self, SimpleName.matches(name) else { return self }
        return .word(name)
    }

    fileprivate var nameText: String? {
        switch self {
        case .word(let name), .quoted(let name): name
        case .string, .number, .symbol: nil
        }
    }
}

/// A name that SQL reads the same with quotes and without.
enum SimpleName {
    static func matches(_ name: String) -> Bool {
        guard let first = name.utf8.first, isStart(first) else { return false }
        return name.utf8.dropFirst().allSatisfy { isStart($0) || (0x30...0x39).contains($0) || $0 == 0x24 }
    }

    /// A phrase such as `TABLE "farmers"`, without the quotes around such names.
    static func unquoted(in phrase: String) -> String {
        guard phrase.utf8.contains(UInt8(ascii: "\"")) else { return phrase }
        return phrase.replacing(/"([a-z_][a-z0-9_$]*)"/) { String($0.1) }
    }

    private static func isStart(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte == 0x5F }
}
