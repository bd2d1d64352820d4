/// Text for people. What the source code spells out is ours and keeps its line ends. What is interpolated comes from
/// outside (a backup, a report, a path, a server) and cannot steer a terminal or begin a line: control characters, line
/// ends and text-direction marks in it are replaced by their codes. Colours are added last, by ``written(color:)``.
package struct ShownText: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// A piece that is harmless for a terminal, and its colour.
    struct Span: Sendable, Equatable {
        var look: TextStyle.Look?
        var text: String
        /// True for what a person copies, such as a command: no line end is put into it.
        var isVerbatim = false
    }

    private(set) var spans: [Span] = []

    private init(_ spans: [Span]) { self.spans = spans }

    package init(stringLiteral text: String) { self.init(lines: text) }

    package init(stringInterpolation: Interpolation) { self = stringInterpolation.text }

    /// A text whose line ends stay, such as an error message. All other control characters in it are replaced.
    /// - Parameter indent: stands before each line but the first.
    package init(lines text: String, indent: String = "") {
        // By scalars: a carriage return and a line feed are one character, and would hide the line's end.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        spans = [Span(text: lines.map { TextStyle.harmless(String($0)) }.joined(separator: "\n" + indent))]
    }

    /// The text with a look; colours that it already has stay.
    init(_ look: TextStyle.Look, _ text: ShownText) {
        spans = text.spans.map { Span(look: $0.look ?? look, text: $0.text, isVerbatim: $0.isVerbatim) }
    }

    /// The beginning of the text.
    /// - Parameter length: at most so many characters.
    package func prefix(_ length: Int) -> ShownText {
        var (rest, kept) = (length, [Span]())
        for span in spans where rest > 0 {
            let text = span.text.prefix(rest)
            rest -= text.count
            kept.append(Span(look: span.look, text: String(text)))
        }
        return ShownText(kept)
    }

    /// The text as it is written.
    /// - Parameter color: whether it is for a terminal that shows colours (ECMA-48, SGR).
    package func written(color: Bool) -> String {
        spans.map { span in
            if color, let look = span.look { return "\u{1b}[\(look.rawValue)m\(span.text)\u{1b}[0m" }
            return span.text
        }.joined()
    }

    package static func + (left: ShownText, right: ShownText) -> ShownText {
        var both = left
        both += right
        return both
    }

    package static func += (left: inout ShownText, right: ShownText) {
        for span in right.spans { left.append(span) }
    }

    mutating func append(_ span: Span) {
        if span.text.isEmpty { return }
        if let last = spans.indices.last, spans[last].look == span.look, spans[last].isVerbatim == span.isVerbatim {
            spans[last].text += span.text
        } else {
            spans.append(span)
        }
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ShownText([])

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) { text += ShownText(lines: literal) }

        /// Text of ours.
        package mutating func appendInterpolation(_ text: ShownText) { self.text += text }

        /// A value from outside that a person copies, such as a command.
        package mutating func appendInterpolation(verbatim value: some CustomStringConvertible) {
            text += ShownText([Span(text: TextStyle.harmless(value.description), isVerbatim: true)])
        }

        /// A value from outside, on one line.
        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += ShownText([Span(text: TextStyle.harmless(value.description))])
        }
    }
}

extension [ShownText] {
    package func joined() -> ShownText { reduce(into: "") { $0 += $1 } }
}
