import Foundation
import Testing

/// The page on what people have is made from the scenarios that say why their answer is right. `make docs` writes it.
@Suite struct PeoplePageTests {
    private let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/what-people-have.md").standardizedFileURL

    private static let start = "<!-- Written from Tests/CommandTests/Scenarios by `make docs`. -->\n"
    private static let end = "<!-- End of what is written. -->"

    @Test func hasTheCases() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: Self.start)).upperBound
        let end = try #require(text.range(of: Self.end)).lowerBound
        let tables = try PeoplePage(try ScenarioFile.all.flatMap(\.cases)).text
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try Data(text.replacingCharacters(in: start..<end, with: tables).utf8).write(to: page)
        } else {
            #expect(text[start..<end] == tables, "run make docs")
        }
    }

    @Test func aCaseIsARowWithWhatItsStepsExpect() throws {
        let file = ScenarioFile(
            "case.txt",
            """
            Title
            Purpose.
            === An odd {what}
            for each:
                what
                dump
            after: owner/project#12
            because: it is | odd
            empty file x
            run pgassay drill x
            exits 1
            stdout begins with "FAILED: the backup is bad."
            report complains of "{what} is odd"
            === Another
            run pgassay drill y
            exits 2
            """)
        let row =
            "| An odd dump | [owner/project#12](https://github.com/owner/project/issues/12) | "
            + "FAILED: the backup is bad. … dump is odd | it is \\| odd |\n"
        #expect(try PeoplePage(file.cases).text.contains(row))
        #expect(try !PeoplePage(file.cases).text.contains("Another"))
    }

    @Test func aCaseWithoutAReasonIsRefused() throws {
        let file = ScenarioFile("slip.txt", "Title\nPurpose.\n=== Case\nafter: x\nrun pgassay\nexits 0\n")
        let error = try #require(throws: ScenarioError.self) { _ = try file.cases[0].steps.get() }
        #expect(error.description == "slip.txt:4: \"because: REASON\" is missing")
    }
}

/// Tables of cases, one for each exit code.
private struct PeoplePage {
    let text: String

    private static let headings: [(code: Int32, heading: String)] = [
        (0, "It passes (exit code 0)"), (1, "It is bad (exit code 1)"),
        (2, "It is no backup, or one in a form that no drill reads (exit code 2, no report)"),
        (3, "This machine could not tell (exit code 3)"),
    ]

    /// - Throws: ``ScenarioError`` for a case whose steps do not show what is said.
    init(_ cases: [Scenario]) throws {
        var rows: [Int32: [String]] = [:]
        for scenario in cases {
            guard let note = scenario.note else { continue }
            let answer = try Answer(scenario)
            let cells = [scenario.title, Self.link(note.report), answer.words, note.reason]
            rows[answer.code, default: []].append(
                "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n")
        }
        text =
            Self.headings.compactMap { code, heading in
                rows[code].map {
                    "\n## \(heading)\n\n| what people have | report | what pgassay says | why |\n|---|---|---|---|\n"
                        + $0.joined()
                }
            }.joined() + "\n"
    }

    private static func link(_ report: String?) -> String {
        guard let report else { return "" }
        guard let match = report.wholeMatch(of: /([^ \/]+\/[^ \/#]+)#([0-9]+)/) else { return report }
        return "[\(report)](https://github.com/\(match.1)/issues/\(match.2))"
    }

    /// What the last run of a case must say.
    private struct Answer {
        let code: Int32
        let words: String

        init(_ scenario: Scenario) throws {
            var code: Int32?
            var words: [String] = []
            for step in try scenario.steps.get() {
                switch step.action {
                case .run: (code, words) = (nil, [])
                case .exits(let exitCode): code = exitCode
                case .output(.stdout, .begins(let text)), .output(.stderr, .has(let text)), .complaint(let text):
                    words.append(text)
                default: break
                }
            }
            guard let code, !words.isEmpty else {
                throw ScenarioError(
                    file: scenario.file, line: scenario.line, problem: "a case in the page tells words of the answer")
            }
            self.code = code
            self.words = words.joined(separator: " … ")
        }
    }
}
