import Causes
import Postgres

extension RawProblem {
    /// The message for a report. It never holds a row value.
    ///
    /// Messages that may quote values (``SQLState/quotesNoValue(of:)``), and those of the backup's own code, which may raise
    /// anything under any code, are left out: only their code and place are told.
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
        let code = SQLState(rawValue: sqlState)
        let mayBeTold = isOfOwnCode ? false : code.quotesNoValue(of: quotesRows ? .rows : .backup)
        return "\(mayBeTold ? message : Self.conditions[sqlState] ?? "error") (SQLSTATE \(sqlState))"
    }

    /// The innermost context is of code that the backup brings, and not of a row that was being loaded.
    private var isOfOwnCode: Bool { context != nil && !isOfCopy }

    /// The rows of a COPY are in its context, and those of an INSERT in the statement itself.
    private var quotesRows: Bool { isOfCopy || statement?.after("INSERT ") != nil }

    /// Names of the commonest conditions (documentation of PostgreSQL, appendix A).
    private static let conditions = [
        "23502": "not-null violation", "23503": "foreign key violation", "23505": "unique violation",
        "23514": "check violation", "23P01": "exclusion violation", "22P02": "invalid text representation",
        "22P04": "bad COPY file format", "22021": "character not in repertoire", "22003": "numeric value out of range",
        "22007": "invalid datetime format", "22008": "datetime field overflow", "22001": "string too long",
        "22P05": "untranslatable character", "42601": "syntax error",
        "42501": "insufficient privilege", "42703": "undefined column", "42704": "undefined object",
        "42883": "undefined function", "42P01": "undefined table", "3F000": "invalid schema name",
        "58P01": "undefined file", "P0001": "exception raised by the backup's own code",
    ]
}
