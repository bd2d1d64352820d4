/// Reads what `psql --set=VERBOSITY=verbose --echo-errors --file=-` prints on standard error.
///
///     psql:<stdin>:75: ERROR:  23503: insert or update on table …
///     DETAIL:  …
///     TABLE NAME:  fields
///     CONSTRAINT NAME:  fields_farmer_id_fkey
///     psql:<stdin>:75: STATEMENT:  ALTER TABLE …
struct PsqlMessages: Sendable {
    private var open: RawProblem?
    /// Within the text of a failed statement, which may itself look like anything.
    private var inStatement = false

    /// - Returns: the problem before this line, once this line shows that it is complete.
    mutating func add(_ line: String) -> RawProblem? {
        if let match = line.wholeMatch(of: /psql:<stdin>:(\d+): (?:ERROR|FATAL|PANIC):  ([0-9A-Z]{5}): (.*)/) {
            return replaceOpen(
                with: RawProblem(
                    entry: Int(match.1).map { .line($0) }, sqlState: String(match.2), message: String(match.3)))
        }
        if let match = line.wholeMatch(of: /psql:(?:<stdin>:(\d+): )?(?: ?(?:fatal|error): )(.*)/) {
            return replaceOpen(
                with: RawProblem(
                    entry: match.1.flatMap { Int($0) }.map { .line($0) }, message: String(match.2),
                    isFromProgram: true))
        }
        if let match = line.wholeMatch(of: /psql:<stdin>:\d+: STATEMENT:  (.*)/) {
            open?.statement = String(match.1.prefix(200))
            inStatement = true
            return nil
        }
        if line.hasPrefix("psql:") { return replaceOpen(with: nil) }
        guard !inStatement else { return nil }
        if let match = line.wholeMatch(of: /(SCHEMA|TABLE|CONSTRAINT|COLUMN) NAME:  (.*)/) {
            open?.names[match.1.lowercased()] = String(match.2)
        } else if line.hasPrefix("CONTEXT:  ") {
            open?.context = String(line.dropFirst("CONTEXT:  ".count))
        }
        return nil
    }

    mutating func finish() -> RawProblem? { replaceOpen(with: nil) }

    private mutating func replaceOpen(with problem: RawProblem?) -> RawProblem? {
        defer {
            open = problem
            inStatement = false
        }
        return open
    }
}
