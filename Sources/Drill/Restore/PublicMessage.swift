import Causes

extension RawProblem {
    /// The message for a report. It never holds a row value.
    ///
    /// Messages of the SQLSTATE classes for objects, resources and the server itself are reported unchanged. All others
    /// may quote values (data and integrity errors, errors that the backup's own code raises, syntax errors, which
    /// quote rows that psql took for a statement), so only their code and place are reported.
    var publicMessage: String {
        let line = context?.after("COPY ")?.parted(by: ", line ").map { table, rest in
            "COPY \(table), line \(rest.prefix { $0.isNumber })"
        }
        return [text, line].compactMap { $0 }.joined(separator: ", ")
    }

    private var text: String {
        if isFromProgram {
            // psql quotes the text that it took for a command.
            return message.after("invalid command ") == nil ? message : "invalid command"
        }
        guard let sqlState else { return "an error of the server, whose code is not known" }
        let speaksOfObjects =
            ["08", "0A", "25", "28", "2B", "3D", "3F", "42", "53", "54", "55", "57", "58", "XX"]
            .contains(sqlState.prefix(2)) && sqlState != "42601"
        return "\(speaksOfObjects ? message : Self.conditions[sqlState] ?? "error") (SQLSTATE \(sqlState))"
    }

    /// Names of the most common conditions (documentation of PostgreSQL, appendix A).
    private static let conditions = [
        "23502": "not-null violation", "23503": "foreign key violation", "23505": "unique violation",
        "23514": "check violation", "23P01": "exclusion violation", "22P02": "invalid text representation",
        "22P04": "bad COPY file format", "22021": "character not in repertoire", "22003": "numeric value out of range",
        "22007": "invalid datetime format", "22008": "datetime field overflow", "22001": "string too long",
        "22P05": "untranslatable character", "42601": "syntax error",
        "P0001": "exception raised by the backup's own code",
    ]
}
