/// One way to write a step.
struct Verb: Sendable {
    /// How the line looks: words in small letters stand as they are, words in capitals for a value, `"WORDS"` for a value in
    /// quotes. A colon at the end announces a block.
    let pattern: String
    let action: @Sendable (Values) throws(StepWords.Problem) -> Action

    init(_ pattern: String, _ action: @escaping @Sendable (Values) throws(StepWords.Problem) -> Action) {
        self.pattern = pattern
        self.action = action
    }

    var takesBlock: Bool { pattern.hasSuffix(":") }

    /// What stood for the words in capitals, in their order, and in the block.
    struct Values {
        let words: [String]
        let block: [String]

        subscript(_ index: Int) -> String { words[index] }

        /// The block as the text of a file.
        var text: String { block.map { $0 + "\n" }.joined() }

        func number<Number: FixedWidthInteger>(
            _ index: Int, radix: Int = 10
        ) throws(StepWords.Problem) -> Number {
            guard let number = Number(words[index], radix: radix) else {
                throw StepWords.Problem(text: "\"\(words[index])\" is not a number that is possible here")
            }
            return number
        }

        func one<Value: RawRepresentable<String> & CaseIterable>(
            _ index: Int, of type: Value.Type
        ) throws(StepWords.Problem) -> Value {
            guard let value = Value(rawValue: words[index]) else {
                let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw StepWords.Problem(text: "\"\(words[index])\" is not known here; possible are: \(all)")
            }
            return value
        }
    }

    /// - Returns: nil when the line is not written in this way.
    func values(of line: [StepWords.Word]) -> [String]? {
        let expected = pattern.split(separator: " ").map(String.init)
        guard expected.count == line.count else { return nil }
        var values: [String] = []
        for (expected, word) in zip(expected, line) {
            let colon = expected.hasSuffix(":") ? ":" : ""
            let name = String(expected.dropLast(colon.count))
            guard word.text.hasSuffix(colon) || colon.isEmpty else { return nil }
            let text = String(word.text.dropLast(colon.count))
            if name.hasPrefix("\"") {
                guard word.isQuoted else { return nil }
                values.append(text)
            } else if name == name.uppercased(), name.contains(where: \.isLetter) {
                guard !text.isEmpty else { return nil }
                values.append(text)
            } else {
                guard !word.isQuoted, name == text else { return nil }
            }
        }
        return values
    }
}
