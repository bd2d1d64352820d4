/// Where two definitions of an object first differ, in a few words of each. Text in quotes is not shown: it may be a secret.
package struct StructureDifference: Sendable, Equatable {
    package let expected: String
    package let observed: String

    package init(expected: String, observed: String) {
        self.expected = expected
        self.observed = observed
    }

    private static let nothing = "no such statement"
    private static let before = 7
    private static let after = 4
    private static let longest = 16

    /// - Parameters:
    ///   - missing: statements that only the expected definition has.
    ///   - added: statements that only the other one has. One of the two holds a statement.
    init(missing: [StatementForm], added: [StatementForm]) {
        if let pair = Self.mostAlike(missing, added) {
            let (first, second) = (Self.words(of: pair.one, at: pair.alike), Self.words(of: pair.other, at: pair.alike))
            expected = first
            observed = first == second ? second + " (with another text in quotes)" : second
        } else {
            expected = missing.first.map { Self.words(of: $0, at: 0) } ?? Self.nothing
            observed = missing.isEmpty ? added.first.map { Self.words(of: $0, at: 0) } ?? Self.nothing : Self.nothing
        }
    }

    private struct Pair {
        let one: StatementForm
        let other: StatementForm
        /// How many tokens at the start are the same.
        let alike: Int
    }

    /// What was changed, and what it was changed into.
    /// - Returns: nil where no two statements begin with the same two words.
    private static func mostAlike(_ missing: [StatementForm], _ added: [StatementForm]) -> Pair? {
        var best: Pair?
        for one in missing.prefix(longest) {
            for other in added.prefix(longest) {
                let alike = one.countAlike(other)
                if alike > max(1, best?.alike ?? 0) { best = Pair(one: one, other: other, alike: alike) }
            }
        }
        return best
    }

    /// The tokens around a place.
    private static func words(of form: StatementForm, at place: Int) -> String {
        let tokens = form.tokens
        let start = place <= longest - after ? 0 : place - before
        let end = min(tokens.count, max(place + after, start + longest))
        let shown = tokens[min(start, end)..<end].map(\.shown)
        var text = start > 0 ? "… " : ""
        for (index, word) in shown.enumerated() {
            let isApart = index > 0 && !Self.closing.contains(word) && !Self.opening.contains(shown[index - 1])
            text += isApart ? " " + word : word
        }
        return text + (end < tokens.count ? " …" : "")
    }

    private static let closing: Set<String> = [",", ".", ")", "]", ":", ";"]
    private static let opening: Set<String> = [".", "(", "[", ":"]
}

extension StatementForm {
    /// How many tokens at the start are the same.
    fileprivate func countAlike(_ other: StatementForm) -> Int {
        let shorter = min(tokens.count, other.tokens.count)
        var count = 0
        while count < shorter, tokens[count] == other.tokens[count] { count += 1 }
        return count
    }
}

extension SQLToken {
    fileprivate var shown: String {
        switch self {
        case .word(let text), .number(let text): String(text.prefix(64))
        case .quoted(let name): "\"\(name.prefix(64))\""
        case .string: "'…'"
        case .symbol(let byte): String(decoding: [byte], as: UTF8.self)
        }
    }
}
