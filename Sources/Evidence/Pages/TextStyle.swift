/// How text reaches a terminal: what is ours may be coloured, what is not ours is made harmless.
package struct TextStyle {
    var color: Bool

    enum Look: String {
        case bold = "1"
        case good = "1;32"
        case bad = "1;31"
        case unsure = "1;33"
    }

    /// Colours a text, which must be harmless already, with an ANSI escape sequence (ECMA-48, SGR).
    func apply(_ look: Look, _ text: String) -> String {
        color ? "\u{1b}[\(look.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Writes out what would steer a terminal or hide text: control characters, line ends, text-direction marks.
    /// Names of tables and files come from the backup under test, which nobody vouches for yet.
    package static func harmless(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// The lines of a text, each harmless, without empty ones.
    static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { harmless(String($0)) }
    }

    /// Rows as lines with the columns under each other, two spaces apart. The last column is not padded.
    static func columns(_ rows: [[String]]) -> [String] {
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell.padded(to: widths[column])
            }
            .joined(separator: "  ")
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
