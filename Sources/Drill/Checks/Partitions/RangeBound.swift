/// Where a partition of a range begins and ends.
struct RangeBound: Sendable, Equatable {
    /// A place on the line of one column's values.
    enum Edge: Sendable, Equatable {
        /// Before every value.
        case minimum
        /// An SQL literal, as the server wrote it.
        case value(String)
        /// Behind every value.
        case maximum

        var text: String {
            switch self {
            case .minimum: "MINVALUE"
            case .value(let literal): literal
            case .maximum: "MAXVALUE"
            }
        }
    }

    /// One edge for each column of the key. The lower ones belong to the partition, the upper ones no longer.
    let lower: [Edge]
    let upper: [Edge]

    /// Reads `FOR VALUES FROM (…) TO (…)`.
    /// - Returns: nil for anything else.
    init?(parsing text: String) {
        var rest = Substring(text).unicodeScalars
        guard let lower = Self.edges(after: "FOR VALUES FROM (", &rest), let upper = Self.edges(after: " TO (", &rest),
            rest.isEmpty, lower.count == upper.count
        else { return nil }
        self.lower = lower
        self.upper = upper
    }

    /// Takes a list of edges up to and with its closing parenthesis. Scalar by scalar, since to Swift a quotation mark
    /// with an accent behind it is another character.
    private static func edges(after introduction: String, _ rest: inout Substring.UnicodeScalarView) -> [Edge]? {
        guard rest.starts(with: introduction.unicodeScalars) else { return nil }
        rest.removeFirst(introduction.unicodeScalars.count)
        var edges: [Edge] = []
        var word = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.popFirst() {
            // In a quoted literal the server doubles quotation marks: two of them end it and begin it again.
            if scalar == "'" { isQuoted.toggle() }
            guard !isQuoted, scalar == "," || scalar == ")" else {
                if isQuoted || scalar != " " { word.append(scalar) }
                continue
            }
            guard !word.isEmpty else { return nil }
            edges.append(edge(String(word)))
            if scalar == ")" { return edges }
            word.removeAll()
        }
        return nil
    }

    private static func edge(_ word: String) -> Edge {
        switch word {
        case "MINVALUE": .minimum
        case "MAXVALUE": .maximum
        default: .value(word)
        }
    }

    static func text(_ edges: [Edge]) -> String {
        let list = edges.map(\.text).joined(separator: ", ")
        return edges.count == 1 ? list : "(\(list))"
    }
}
