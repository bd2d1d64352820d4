import Foundation

/// Reads the steps of a case, and refuses what is not known or stands where it means nothing.
struct StepParser {
    private let file: String
    private var steps: [Step] = []
    /// Names that may stand in braces.
    private var names: Set<String> = ["here", "report"]
    /// The line of the last run, while no `exits` has followed it.
    private var openRun: Int?
    private var hasRun = false

    /// - Parameter line: the line of the case's title.
    static func parse(
        _ lines: [ScenarioFile.Line], after line: Int, file: String
    ) -> Result<[Step], ScenarioError> {
        do throws(ScenarioError) {
            var parser = StepParser(file: file)
            try parser.read(lines[...])
            try parser.end(line)
            return .success(parser.steps)
        } catch { return .failure(error) }
    }

    private init(file: String) { self.file = file }

    private mutating func read(_ lines: ArraySlice<ScenarioFile.Line>) throws(ScenarioError) {
        var rest = lines
        while let line = rest.popFirst() {
            guard !line.isEmpty, !line.text.hasPrefix("#") else { continue }
            guard line.text.first != " " else { throw error(line.number, "an indented line belongs to no block") }
            var block: [String] = []
            if line.words.hasSuffix(":") {
                while let next = rest.first, next.isEmpty || next.isIndented {
                    block.append(String(next.text.dropFirst(4)))
                    rest.removeFirst()
                }
                while block.last?.isEmpty == true { block.removeLast() }
            }
            let action: Action
            do throws(StepWords.Problem) {
                action = try self.action(try StepWords.split(line.text), block)
            } catch { throw self.error(line.number, error.text) }
            try take(Step(line: line.number, action: action))
        }
    }

    private func action(_ words: [StepWords.Word], _ block: [String]) throws(StepWords.Problem) -> Action {
        // A regular expression is parsed at each use, and few words have one of these.
        for word in words where word.text.contains("{") {
            for match in word.text.matches(of: /\{([a-z][a-z0-9 ]*)\}/) where !isKnown(String(match.1)) {
                throw StepWords.Problem(text: "{\(match.1)} stands for nothing here")
            }
        }
        if words[0] == StepWords.Word(text: "run") { return try Self.run(words.dropFirst().map(\.text)) }
        for verb in Verb.all {
            guard let values = verb.values(of: words) else { continue }
            guard !verb.takesBlock || !block.isEmpty else {
                throw StepWords.Problem(text: "the lines below \"\(verb.pattern)\" must be indented by 4 blanks")
            }
            return try verb.action(Verb.Values(words: values, block: block))
        }
        let first = words[0].text
        let similar = Verb.all.map(\.pattern).filter { $0.hasPrefix(first + " ") }
        let known = similar.isEmpty ? "" : "; there is: \(similar.joined(separator: ", "))"
        throw StepWords.Problem(text: "\"\(words.map(\.text).joined(separator: " "))\" is not known\(known)")
    }

    private func isKnown(_ name: String) -> Bool {
        names.contains(name) || name.wholeMatch(of: /postgres [0-9]+|file of [a-z]+/) != nil
    }

    /// Assignments come before the program, as in a shell.
    private static func run(_ words: [String]) throws(StepWords.Problem) -> Action {
        var environment: [String: String] = [:]
        var rest = words[...]
        while let match = rest.first?.wholeMatch(of: /([A-Z_]+)=(.*)/) {
            environment[String(match.1)] = String(match.2)
            rest.removeFirst()
        }
        guard let program = rest.popFirst() else { throw StepWords.Problem(text: "a program is missing") }
        return .run(program, Array(rest), environment)
    }

    private mutating func take(_ step: Step) throws(ScenarioError) {
        switch step.action {
        case .run:
            try closeRun()
            (openRun, hasRun) = (step.line, true)
        case .exits:
            guard openRun != nil else { throw error(step.line, "there is no run whose exit code is not told yet") }
            openRun = nil
        case .makeDatabase(let name, _): names.insert(name)
        default:
            guard hasRun || !step.action.isExpectation else {
                throw error(step.line, "nothing was run that this could be expected of")
            }
        }
        steps.append(step)
    }

    private func end(_ line: Int) throws(ScenarioError) {
        guard hasRun else { throw error(line, "nothing is run") }
        try closeRun()
    }

    private func closeRun() throws(ScenarioError) {
        if let openRun { throw error(openRun, "\"exits CODE\" is missing: every run tells its exit code") }
    }

    private func error(_ line: Int, _ problem: String) -> ScenarioError {
        ScenarioError(file: file, line: line, problem: problem)
    }
}
