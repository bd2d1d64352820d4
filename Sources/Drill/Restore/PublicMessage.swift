import Causes
import Findings
import Postgres

extension RawProblem {
    /// The message for a report. It never holds a row value.
    ///
    /// Of the server's messages those are told that have a form which names only objects, with the names that are known
    /// (``Postgres/SQLState/words(for:names:)``); of all others, only the condition. The dump's own code may raise any
    /// text under any code.
    /// - Parameter names: of objects of the backup and of the database.
    func publicMessage(names: ObjectNames) -> String {
        let known = names.union(statementNames)
        let line = copyContext?.parted(by: ", line ").map { name, rest in
            "COPY \(known.contains(name) || name == table?.name ? name : "…"), line \(rest.prefix { $0.isNumber })"
        }
        let lost = rowsLost.map { "\(counted($0, "row")) not loaded" }
        return [words(names: names), line, lost].compactMap { $0 }.joined(separator: ", ")
    }

    /// The same without the place.
    func words(names: ObjectNames) -> String {
        if isFromProgram { return message }
        guard let sqlState else { return "an error of the server, whose code is not known" }
        return SQLState(rawValue: sqlState).words(for: message, names: names.union(statementNames))
    }
}
