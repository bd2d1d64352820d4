/// How text looks on a terminal.
package enum TextStyle {
    /// The parameters of an ANSI escape sequence (ECMA-48, SGR).
    enum Look: String, Sendable {
        case bold = "1"
        case good = "1;32"
        case bad = "1;31"
        case unsure = "1;33"
    }

    /// Replaces characters that would control a terminal or hide text by their codes: control characters, line ends,
    /// text-direction marks. Names of tables and files come from the backup under test, which is not trusted.
    package static func harmless(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if isHarmless(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
    }

    /// Whether a character neither controls a terminal nor hides text.
    package static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        if (0x20...0x7e).contains(scalar.value) { return true }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// The lines of a text, each harmless, without empty ones.
    static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { harmless(String($0)) }
    }

    /// Aligns rows in columns, two spaces apart, one line for each row. The last cell that has something is not padded.
    package static func columns(_ rows: [[String]]) -> [String] {
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            return row.prefix(last + 1).enumerated().map { column, cell in
                column == last ? cell : cell.padded(to: widths[column])
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
