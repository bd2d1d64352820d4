import Foundation
import SystemPackage

/// A file of scenarios: a title, a purpose, perhaps steps before each case, and cases.
struct ScenarioFile: Sendable {
    let cases: [Scenario]

    private static let directory =
        FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("Scenarios")

    static func path(_ file: String) -> FilePath { directory.appending(file) }

    /// Every file of `Scenarios`, in the order of their names.
    static var all: [ScenarioFile] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
                .filter { $0.hasSuffix(".txt") }.map { name in
                    ScenarioFile(name, try String(contentsOfFile: path(name).string, encoding: .utf8))
                }
        }
    }

    /// A line and its number, from 1.
    struct Line: Sendable {
        let number: Int
        let text: String

        /// Without the blanks around it.
        var words: String { text.trimmingCharacters(in: .whitespaces) }
        var isEmpty: Bool { words.isEmpty }
        var isIndented: Bool { text.hasPrefix("    ") }
    }

    /// The part of a file below a line with `===`.
    private struct Section {
        let head: Line
        var title: String { String(head.text.dropFirst(3)).trimmingCharacters(in: .whitespaces) }
        var lines: [Line] = []
    }

    static let before = "Before each case"

    /// Reads a file. What is wrong in a case becomes the case's own error; what is wrong with the file as a whole becomes one
    /// case that fails.
    init(_ name: String, _ text: String) {
        do {
            cases = try Self.read(name, text)
        } catch {
            cases = [Scenario(file: name, line: error.line, title: "cannot be read", steps: .failure(error))]
        }
    }

    private static func read(_ name: String, _ text: String) throws(ScenarioError) -> [Scenario] {
        func error(_ line: Int, _ problem: String) -> ScenarioError {
            ScenarioError(file: name, line: line, problem: problem)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { Line(number: $0.offset + 1, text: String($0.element)) }
        let head = lines.prefix { !$0.text.hasPrefix("===") }.filter { !$0.isEmpty }
        guard head.first?.number == 1 else { throw error(1, "the first line must be a title") }
        guard head.count > 1 else { throw error(2, "a sentence about the purpose must follow the title") }
        var sections: [Section] = []
        for line in lines.drop(while: { !$0.text.hasPrefix("===") }) {
            if line.text.hasPrefix("===") {
                sections.append(Section(head: line))
            } else {
                sections[sections.count - 1].lines.append(line)
            }
        }
        var before: [Line] = []
        if sections.first?.title == Self.before { before = sections.removeFirst().lines }
        guard !sections.isEmpty else { throw error(lines.count, "there is no case: a line such as \"=== Title\"") }
        var cases: [Scenario] = []
        for section in sections {
            let line = section.head.number
            guard !section.title.isEmpty, section.title != Self.before else {
                throw error(line, "a case needs a title; \"\(Self.before)\" must be the first")
            }
            do throws(ScenarioError) {
                for row in try ScenarioTable.rows(of: section.lines, title: section.title, file: name) {
                    var lines = row.lines
                    let note = try ScenarioNote.take(from: &lines, file: name)
                    cases.append(
                        Scenario(
                            file: name, line: line, title: row.title, note: note,
                            steps: StepParser.parse(before + lines, after: line, file: name)))
                }
            } catch {
                cases.append(Scenario(file: name, line: line, title: section.title, steps: .failure(error)))
            }
        }
        let titles = cases.map(\.title)
        for (index, scenario) in cases.enumerated() where titles.firstIndex(of: scenario.title) != index {
            throw error(scenario.line, "two cases have the title \"\(scenario.title)\"")
        }
        return cases
    }
}
