/// Reads what `pg_restore --verbose` prints, line by line (15 to 18 print alike), under `LC_ALL=C`.
///
///     pg_restore: from TOC entry 3213; 2606 16390 FK CONSTRAINT fields fields_farmer_id_fkey ava
///     pg_restore: error: could not execute query: ERROR:  insert or update on table …
///     DETAIL:  …
///     Command was: ALTER TABLE …
///     pg_restore: warning: errors ignored on restore: 1
struct PgRestoreMessages: Sendable {
    enum Event: Equatable {
        /// An entry was begun, by the name that pg_restore gives it.
        case began(String)
        case problem(RawProblem)
    }

    /// Errors that pg_restore says it went on after; with parallel workers up to twice as many as there were.
    private(set) var ignoredErrors = 0
    private var entry: Int32?
    private var open: RawProblem?
    /// Within the text of a failed statement, which may itself look like anything.
    private var inStatement = false

    /// - Returns: what this line completes; a problem is complete when the next message begins.
    mutating func add(_ line: String) -> [Event] {
        guard var text = line.after("pg_restore:") else {
            continueProblem(line)
            return []
        }
        // Should two processes' messages mingle all the same, an error among them is still one.
        while let behind = text.after("pg_restore:") ?? text.after(" ") { text = behind }
        var events = close()
        if let (id, _) = text.after("from TOC entry ")?.parted(by: ";") {
            entry = Int32(id)
        } else if let message = text.after("error: ") ?? text.after("fatal: ") {
            open = Self.problem(message, entry: entry)
        } else if let count = text.after("warning: errors ignored on restore: ").flatMap({ Int($0) }) {
            ignoredErrors += count
        } else if let table = text.after("processing data for table ") {
            events.append(.began("TABLE DATA \(table)"))
        } else if let what = text.after("creating ") ?? text.after("executing ") {
            events.append(.began(what))
        }
        return events
    }

    /// The problem that the end of the output completes.
    mutating func finish() -> [Event] { close() }

    private mutating func close() -> [Event] {
        defer {
            open = nil
            inStatement = false
        }
        return open.map { [.problem($0)] } ?? []
    }

    private mutating func continueProblem(_ line: String) {
        guard open != nil, !inStatement else { return }
        if let context = line.after("CONTEXT:  ") {
            open?.context = context
        } else if let statement = line.after("Command was: ") {
            open?.statement = String(statement.prefix(200))
            inStatement = true
        }
    }

    private static func problem(_ text: String, entry: Int32?) -> RawProblem {
        let entry = entry.map { EntryReference.entry($0) }
        for severity in ["ERROR:  ", "FATAL:  ", "PANIC:  "] {
            guard let (_, message) = text.parted(by: severity) else { continue }
            return RawProblem(entry: entry, message: message)
        }
        return RawProblem(entry: entry, message: text, isFromProgram: true)
    }
}
