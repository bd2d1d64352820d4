import Causes

/// Reads what `psql --set=VERBOSITY=verbose --echo-errors --file=-` prints on standard error.
///
///     psql:<stdin>:75: ERROR:  23503: insert or update on table …
///     DETAIL:  …
///     TABLE NAME:  fields
///     CONSTRAINT NAME:  fields_farmer_id_fkey
///     psql:<stdin>:75: STATEMENT:  ALTER TABLE …
///
/// psql ends with exit code 0 however many statements failed. So a line from psql itself that is not understood counts
/// as a problem: nothing else would show it.
struct PsqlMessages: Sendable {
    private var open: RawProblem?
    /// True within the text of a failed statement, which may itself look like any message.
    private var inStatement = false

    /// - Returns: the problem before this line, if this line shows that it is complete.
    mutating func add(_ line: String) -> RawProblem? {
        guard var text = line.after("psql:") else {
            continueProblem(line)
            return nil
        }
        var place: EntryReference?
        if let (number, behind) = text.after("<stdin>:")?.parted(by: ": "), let number = Int(number) {
            place = .line(number)
            text = behind
        }
        text = text.after(" ") ?? text
        if let statement = text.after("STATEMENT:  ") {
            open?.statement = String(statement.prefix(200))
            inStatement = true
            return nil
        }
        for talk in ["NOTICE:", "WARNING:", "INFO:", "LOG:", "DEBUG:", "warning:"] where text.after(talk) != nil {
            return replaceOpen(with: nil)
        }
        for severity in ["ERROR:  ", "FATAL:  ", "PANIC:  "] {
            guard let (state, message) = text.after(severity)?.parted(by: ": "), state.utf8.count == 5 else { continue }
            return replaceOpen(with: RawProblem(entry: place, sqlState: state, message: message))
        }
        let message = text.after("error: ") ?? text.after("fatal: ") ?? text
        return replaceOpen(with: RawProblem(entry: place, message: message, isFromProgram: true))
    }

    mutating func finish() -> RawProblem? { replaceOpen(with: nil) }

    private mutating func continueProblem(_ line: String) {
        guard open != nil, !inStatement else { return }
        for field in ["SCHEMA", "TABLE", "CONSTRAINT", "COLUMN"] {
            if let name = line.after("\(field) NAME:  ") { open?.names[field.lowercased()] = name }
        }
        if let context = line.after("CONTEXT:  ") { open?.context = context }
    }

    private mutating func replaceOpen(with problem: RawProblem?) -> RawProblem? {
        defer {
            open = problem
            inStatement = false
        }
        return open
    }
}
