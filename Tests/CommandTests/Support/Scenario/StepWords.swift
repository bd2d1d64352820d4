/// The words of a step's line. Blanks separate them; double quotes hold a word together that has blanks, and within them
/// `\"`, `\\`, `\n`, `\r`, `\t` and `\e` stand for one character each.
struct StepWords {
    struct Word: Equatable {
        var text = ""
        var isQuoted = false
    }

    struct Problem: Error { let text: String }

    static func split(_ line: String) throws(Problem) -> [Word] {
        var words: [Word] = []
        var word: Word?
        var characters = line.makeIterator()
        while let character = characters.next() {
            switch character {
            case " ", "\t":
                if let word { words.append(word) }
                word = nil
            case "\"":
                word = word ?? Word()
                word?.isQuoted = true
                word?.text += try quoted(&characters)
            default: word = Word(text: (word?.text ?? "") + String(character), isQuoted: word?.isQuoted ?? false)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// Reads on to the closing quote.
    private static func quoted(_ characters: inout String.Iterator) throws(Problem) -> String {
        var text = ""
        while let character = characters.next() {
            switch character {
            case "\"": return text
            case "\\":
                let escape = characters.next()
                let all: [Character: String] = [
                    "\"": "\"", "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "e": "\u{1B}",
                ]
                guard let meant = escape.flatMap({ all[$0] }) else {
                    throw Problem(text: "\\\(escape.map(String.init) ?? "") stands for nothing")
                }
                text += meant
            default: text.append(character)
            }
        }
        throw Problem(text: "a quote is not closed")
    }
}
