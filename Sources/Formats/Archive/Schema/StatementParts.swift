extension SQLTokenReader {
    /// Takes the items of a list in parentheses, each with its tokens.
    /// - Returns: nil where there is no such list, or it does not end.
    mutating func list() -> [ArraySlice<SQLToken>]? {
        guard accept(.open) else { return nil }
        var items: [ArraySlice<SQLToken>] = []
        var item: ArraySlice<SQLToken> = []
        var depth = 0
        while let token = next {
            skip()
            switch token {
            case .close where depth == 0:
                if !item.isEmpty { items.append(item) }
                return items
            case .comma where depth == 0:
                items.append(item)
                item = []
                continue
            case .open: depth += 1
            case .close: depth -= 1
            default: break
            }
            item.append(token)
        }
        return nil
    }

    /// Takes a list of names in parentheses.
    /// - Returns: nil where there is none, or where it holds anything but names.
    mutating func names() -> [String]? {
        guard let items = list() else { return nil }
        var names: [String] = []
        for item in items {
            var reader = SQLTokenReader(item)
            guard let name = reader.name(), reader.isAtEnd else { return nil }
            names.append(name)
        }
        return names
    }

    /// Whether the words come somewhere in the rest, outside of parentheses.
    func has(_ first: String, _ second: String) -> Bool {
        var rest = self
        return rest.skip(past: first, second)
    }

    func has(_ word: String) -> Bool {
        var rest = self
        return rest.skip(past: word)
    }
}
