import Causes
import Postgres
import Scratch

extension ProblemRules {
    /// At most this many problems of one cause are listed one by one; the rest are counted.
    private static let listedPerCause = 500

    /// Judges the errors that a program printed, in the order in which it printed them.
    /// - Parameters:
    ///   - names: names of objects, which may be told.
    ///   - partAlone: set for a dump without tables, which is told once and not for each of them.
    ///   - subject: names the object that a problem is about.
    mutating func judge(
        _ problems: [RawProblem], names: ObjectNames = ObjectNames(), partAlone: PartAlone? = nil,
        subject: (RawProblem) -> String
    ) -> [RestoreProblem] {
        var told: [RestoreProblem] = []
        var problems = problems
        if let partAlone, problems.contains(where: { $0.followsFromMissingTable && !$0.isFromProgram }) {
            problems.removeAll(where: \.followsFromMissingTable)
            told.append(
                RestoreProblem(
                    subject: "the dump", message: partAlone.words, rule: cause(of: partAlone.state, while: .restoring)))
        }
        var counts: [String: Int] = [:]
        var rules: [String: CauseRule] = [:]
        var places: [OneCause: Int] = [:]
        for raw in problems {
            let subject = subject(raw)
            let rule = judge(raw, about: subject)
            let cause = rule.cause?.rawValue ?? "harmless"
            let problem = RestoreProblem(raw, subject: subject, rule: rule, names: names)
            let one =
                rule.followsFromEarlierError
                ? OneCause(rule: rule.id, words: "")
                : raw.isOfValues ? nil : OneCause(rule: rule.id, words: raw.words(names: names))
            if let place = one.flatMap({ places[$0] }) {
                told[place].join(problem)
                continue
            }
            counts[cause, default: 0] += 1
            rules[cause] = rule
            guard counts[cause]! <= Self.listedPerCause else { continue }
            if let one { places[one] = told.count }
            told.append(problem)
        }
        for (cause, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.listedPerCause {
            told.append(
                RestoreProblem(
                    subject: "the restore", sqlState: nil,
                    message: "\(count - Self.listedPerCause) more errors of this kind",
                    rule: rules[cause]!))
        }
        return told
    }
}

/// Problems with the same key become one: the same rule of the table of causes, and the same words. For a consequence of an
/// earlier error, the words are empty, so all such problems of one rule become one.
private struct OneCause: Hashable {
    let rule: String
    let words: String
}

extension RestoreProblem {
    fileprivate init(_ raw: RawProblem, subject: String, rule: CauseRule, names: ObjectNames) {
        self.init(
            subject: subject, sqlState: raw.sqlState, message: raw.publicMessage(names: names), rule: rule,
            losesRows: rule.cause == .environment && raw.mayLoseRows)
        if rule.asksForExplanation, let explanation = raw.explanation { judgement = judgement.adding(explanation) }
    }

    /// Takes another place of the same cause.
    fileprivate mutating func join(_ other: RestoreProblem) {
        if other.subject != subject, !alsoIn.contains(other.subject) { alsoIn.append(other.subject) }
        losesRows = losesRows || other.losesRows
    }
}

extension RawProblem {
    /// Each value and each row is a cause of its own.
    fileprivate var isOfValues: Bool { sqlState.map { ["22", "23"].contains($0.prefix(2)) } ?? true }

    /// What each table of a dump without tables comes to.
    fileprivate var isOfMissingTable: Bool { ["42P01", "3F000"].contains(sqlState) }

    /// Also of what else is not there, such as a function or a large object, of the rest of its transaction, and of the worker that
    /// gave up.
    fileprivate var followsFromMissingTable: Bool {
        isOfMissingTable || isFromProgram && message.hasPrefix("a worker process ")
            || ["42704", "42883", "42703", "25P02"].contains(sqlState)
    }
}

extension [RawProblem] {
    /// Adds the SQLSTATEs, which pg_restore does not print, from the server's own log. The server writes its log before
    /// it answers, but we read the log through a separate pipe, perhaps a moment later.
    func completed(by log: ServerLog?) async throws -> [RawProblem] {
        var problems = self
        for attempt in 0... {
            for index in problems.indices where !problems[index].isFromProgram && problems[index].sqlState == nil {
                problems[index].sqlState = log?.sqlState(ofMessage: problems[index].message)
            }
            let isComplete = problems.allSatisfy { $0.isFromProgram || $0.sqlState != nil }
            if isComplete || log == nil || attempt == 50 { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        for index in problems.indices where !problems[index].isFromProgram && problems[index].sqlState == nil {
            problems[index].sqlState = SQLStateGuess.state(ofMessage: problems[index].message)
        }
        return problems
    }
}

/// Guesses the SQLSTATE of a message. It is needed if pg_restore printed the message without its code, and the server
/// is not ours, so that its log cannot be read. English messages of PostgreSQL 13 to 18.
enum SQLStateGuess {
    static func state(ofMessage message: String) -> String? {
        shapes.first { message.contains($0.words) }?.state
    }

    private static let shapes: [(words: String, state: String)] = [
        ("violates foreign key constraint", "23503"), ("there is no unique constraint matching", "42830"),
        ("could not create unique index", "23505"),
        ("duplicate key value violates unique constraint", "23505"), ("violates check constraint", "23514"),
        ("is violated by some row", "23514"), ("violates not-null constraint", "23502"),
        ("contains null values", "23502"), ("invalid byte sequence for encoding", "22021"),
        ("has no equivalent in encoding", "22P05"), ("invalid input syntax", "22P02"),
        ("missing data for column", "22P04"), ("extra data after last expected column", "22P04"),
        ("is not available", "0A000"), ("could not open extension control file", "58P01"),
        ("could not access file", "58P01"), ("permission denied", "42501"), ("must be owner", "42501"),
        ("must be superuser", "42501"), ("must be able to SET ROLE", "42501"), ("No space left on device", "53100"),
        ("already exists", "42710"), ("unrecognized configuration parameter", "42704"), ("syntax error", "42601"),
        ("canceling statement", "57014"), ("terminating connection", "57P01"), ("out of memory", "53200"),
        ("relation \"", "42P01"), ("function ", "42883"), ("does not exist", "42704"),
    ]
}
