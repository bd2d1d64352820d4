import Foundation

/// The table of a case, `for each:`, whose rows are test cases of their own: `{column}` stands for a row's cell.
enum ScenarioTable {
    struct Row {
        let title: String
        let lines: [ScenarioFile.Line]
    }

    private static let head = "for each:"

    /// - Returns: one row without changes when there is no table.
    static func rows(
        of lines: [ScenarioFile.Line], title: String, file: String
    ) throws(ScenarioError) -> [Row] {
        guard let start = lines.firstIndex(where: { $0.words == head }) else {
            return [Row(title: title, lines: lines)]
        }
        func error(_ line: ScenarioFile.Line, _ problem: String) -> ScenarioError {
            ScenarioError(file: file, line: line.number, problem: problem)
        }
        if let early = lines[..<start].first(where: { !$0.isEmpty && !$0.text.hasPrefix("#") }) {
            throw error(early, "\"\(head)\" must come before the steps")
        }
        let block = lines[(start + 1)...].prefix { $0.isIndented }
        let rest = Array(lines[block.endIndex...])
        guard let header = block.first, block.count > 1 else {
            throw error(lines[start], "a table has a line of names and at least one more, each indented by 4 blanks")
        }
        let columns = cells(of: header)
        for column in columns {
            guard column.wholeMatch(of: /[a-z]+/) != nil else {
                throw error(header, "\"\(column)\" is no name of a column: small letters")
            }
            guard ([title] + rest.map(\.text)).contains(where: { $0.contains("{\(column)}") }) else {
                throw error(header, "nothing uses {\(column)}")
            }
        }
        var rows: [Row] = []
        for line in block.dropFirst() {
            let values = cells(of: line)
            guard values.count == columns.count else {
                throw error(line, "the table has \(columns.count) columns, this line \(values.count)")
            }
            func fill(_ text: String) -> String {
                zip(columns, values).reduce(text) { $0.replacing("{\($1.0)}", with: $1.1) }
            }
            rows.append(
                Row(title: fill(title), lines: rest.map { ScenarioFile.Line(number: $0.number, text: fill($0.text)) }))
        }
        return rows
    }

    /// Cells are separated by a vertical line with a blank on both sides.
    private static func cells(of line: ScenarioFile.Line) -> [String] {
        (line.text + " ").components(separatedBy: " | ").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
