extension ShownText {
    /// The text with lines that end between words, where they would not fit.
    ///
    /// What goes on begins below the second column, if the line has columns, else four blanks behind the line's own begin. A
    /// word that is longer than a line is not broken, and neither is what a person copies.
    /// - Parameter width: columns of the terminal; a text is not wrapped to fewer than 20.
    package func wrapped(to width: Int) -> ShownText {
        guard width >= 20 else { return self }
        var wrapper = LineWrapper(width: width)
        for span in spans { wrapper.add(span) }
        return wrapper.text
    }
}

/// Puts words on lines, one after the other.
private struct LineWrapper {
    let width: Int
    private(set) var text: ShownText = ""
    /// Blanks behind the last word.
    private var blanks = 0
    private var column = 0
    private var hasWord = false
    /// Where the line goes on below.
    private var hang = 0
    private var hasColumns = false

    init(width: Int) { self.width = width }

    mutating func add(_ span: ShownText.Span) {
        if span.isVerbatim { return add(word: span) }
        var rest = span.text[...]
        while let first = rest.first {
            switch first {
            case "\n":
                text.append(ShownText.Span(text: "\n"))
                (blanks, column, hasWord, hasColumns) = (0, 0, false, false)
                rest.removeFirst()
            case " ":
                let run = rest.prefix { $0 == " " }
                blanks += run.count
                rest = rest[run.endIndex...]
            default:
                let word = rest.prefix { $0 != " " && $0 != "\n" }
                add(word: ShownText.Span(look: span.look, text: String(word)))
                rest = rest[word.endIndex...]
            }
        }
    }

    private mutating func add(word: ShownText.Span) {
        if !hasWord {
            hang = blanks + 4
        } else if blanks > 1, !hasColumns {
            hasColumns = true
            if column + blanks <= width / 2 { hang = column + blanks }
        }
        // A word that fits on no line stays where it is.
        let fits = word.text.count <= width - hang
        if hasWord, blanks > 0, !word.isVerbatim, fits, column + blanks + word.text.count > width {
            text.append(ShownText.Span(text: "\n"))
            (blanks, column) = (hang, 0)
        }
        text.append(ShownText.Span(look: word.look, text: String(repeating: " ", count: blanks)))
        text.append(word)
        column += blanks + word.text.count
        (blanks, hasWord) = (0, true)
    }
}
