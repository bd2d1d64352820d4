/// What stands below the title of a case that `docs/what-people-have.md` shows.
struct ScenarioNote: Sendable, Equatable {
    /// The public report that the case is after, such as `owner/project#12`; nil where there is none.
    var report: String?
    /// Why the answer is right.
    var reason: String

    /// Takes `after: REPORT` and `because: REASON` from the first lines of a case.
    static func take(
        from lines: inout [ScenarioFile.Line], file: String
    ) throws(ScenarioError) -> ScenarioNote? {
        var words: [String: String] = [:]
        var first: Int?
        while let line = lines.first(where: { !$0.isEmpty }),
            let match = line.text.wholeMatch(of: /(after|because): (.+)/)
        {
            words[String(match.1)] = String(match.2)
            first = first ?? line.number
            lines.removeFirst(lines.firstIndex { $0.number == line.number }! + 1)
        }
        guard let first else { return nil }
        guard let reason = words["because"] else {
            throw ScenarioError(file: file, line: first, problem: "\"because: REASON\" is missing")
        }
        return ScenarioNote(report: words["after"], reason: reason)
    }
}
