/// Reads what `pg_restore --verbose` prints, line by line (15 to 18 print alike), under `LC_ALL=C`.
///
///     pg_restore: from TOC entry 3213; 2606 16390 FK CONSTRAINT fields fields_farmer_id_fkey ava
///     pg_restore: error: could not execute query: ERROR:  insert or update on table …
///     DETAIL:  …
///     Command was: ALTER TABLE …
struct PgRestoreMessages: Sendable {
    enum Event: Equatable {
        /// An entry was begun, by the name that pg_restore gives it.
        case began(String)
        case problem(RawProblem)
    }

    private var entry: Int32?
    private var open: RawProblem?
    /// Within the text of a failed statement, which may itself look like anything.
    private var inStatement = false

    /// - Returns: what this line completes; a problem is complete when the next message begins.
    mutating func add(_ line: String) -> [Event] {
        guard line.hasPrefix("pg_restore: ") else {
            continueProblem(line)
            return []
        }
        var events = close()
        let text = line.dropFirst("pg_restore: ".count)
        if let match = text.prefixMatch(of: /from TOC entry (\d+);/) {
            entry = Int32(match.1)
        } else if let match = text.wholeMatch(of: /(?:fatal: |error: )(.*)/) {
            open = Self.problem(String(match.1), entry: entry)
        } else if let match = text.wholeMatch(of: /creating (.*)|processing data for table (.*)|executing (.*)/) {
            let data = match.2.map { "TABLE DATA \($0)" }
            events.append(.began(data ?? String(match.1 ?? match.3 ?? "")))
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
        if line.hasPrefix("CONTEXT:  ") {
            open?.context = String(line.dropFirst("CONTEXT:  ".count))
        } else if line.hasPrefix("Command was: ") {
            open?.statement = String(line.dropFirst("Command was: ".count).prefix(200))
            inStatement = true
        }
    }

    private static func problem(_ text: String, entry: Int32?) -> RawProblem {
        var problem = RawProblem(entry: entry.map { .entry($0) }, message: text)
        if let match = text.firstMatch(of: /(?:ERROR|FATAL|PANIC):  (.*)/) {
            problem.message = String(match.1)
        } else {
            problem.isFromProgram = true
        }
        return problem
    }
}
