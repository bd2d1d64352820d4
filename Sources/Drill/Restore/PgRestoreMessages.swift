import Causes

/// Reads the output of `pg_restore --verbose` (15 to 18 print alike), line by line, under `LC_ALL=C`.
///
///     pg_restore: from TOC entry 3213; 2606 16390 FK CONSTRAINT fields fields_farmer_id_fkey ava
///     pg_restore: error: could not execute query: ERROR:  insert or update on table …
///     DETAIL:  …
///     Command was: ALTER TABLE …
///     pg_restore: warning: errors ignored on restore: 1
struct PgRestoreMessages: Sendable {
    enum Event: Equatable {
        /// An entry was begun; the name that pg_restore gives it.
        case began(String)
        /// An entry was given to a parallel worker, or a worker has finished it; by dump id.
        case launched(Int32)
        case finished(Int32)
        case problem(RawProblem)
    }

    /// The most characters of a statement or a context that are kept.
    private static let longestText = 4096

    /// Errors after which pg_restore says that it went on; with parallel workers up to twice as many as there were.
    private(set) var ignoredErrors = 0
    private var entry: Int32?
    private var open: RawProblem?
    /// True within the text of a failed statement, which may itself look like any message.
    private var inStatement = false

    /// Errors that were announced and whose text was not read yet.
    private var announced = 0

    /// - Returns: the events that this line completes; a problem is complete when the next message begins.
    mutating func add(_ line: String) -> [Event] {
        // pg_restore writes a message in pieces (`pg_restore:`, ` `, `error: `, the text with its line end), and with
        // parallel workers the pieces of several processes get mixed. So the pieces at the start of a line may belong
        // to another message, and the text may be on a line without them.
        var text = line
        var hasPrefix = false
        while let (piece, behind) = Self.piece(at: text),
            hasPrefix || announced > 0 || piece == "pg_restore:" || (!inStatement && Self.announces(text))
        {
            hasPrefix = hasPrefix || piece == "pg_restore:"
            if piece == "error: " || piece == "fatal: " { announced += 1 }
            text = behind
        }
        // A caret stands below LINE, and shows where the statement of another worker is wrong.
        let isTalk = text == "^" || Self.beginningsOfOtherMessages.contains { text.after($0) != nil }
        if announced > 0, !text.isEmpty, !isTalk, hasPrefix || !isContinuation(text) {
            announced -= 1
            let events = close()
            open = Self.problem(text, entry: entry)
            return events
        }
        guard hasPrefix else {
            continueProblem(line)
            return []
        }
        var events = close()
        if let (id, _) = text.after("from TOC entry ")?.parted(by: ";") {
            entry = Int32(id)
        } else if let id = Self.item(in: text, after: "launching item ") {
            events.append(.launched(id))
        } else if let id = Self.item(in: text, after: "finished item ") {
            events.append(.finished(id))
        } else if let count = text.after("errors ignored on restore: ").flatMap({ Int($0) }) {
            ignoredErrors += count
        } else if let table = text.after("processing data for table ") {
            events.append(.began("TABLE DATA \(table)"))
        } else if let what = text.after("creating ") ?? text.after("executing ") {
            events.append(.began(what))
        }
        return events
    }

    /// The problems that the end of the output completes.
    mutating func finish() -> [Event] {
        let lost = RawProblem(message: "an error whose text could not be read", isFromProgram: true)
        return close() + Array(repeating: .problem(lost), count: announced)
    }

    private static func piece(at text: String) -> (piece: String, behind: String)? {
        for piece in ["pg_restore:", "error: ", "fatal: ", "warning: ", " "] {
            if let behind = text.after(piece) { return (piece, behind) }
        }
        return nil
    }

    /// The dump id in `finished item 4246 INDEX ATTACH …`.
    private static func item(in text: String, after words: String) -> Int32? {
        (text.after(words)?.parted(by: " ")?.before).flatMap { Int32($0) }
    }

    private static func announces(_ text: String) -> Bool {
        ["error: ", " error: ", "fatal: ", " fatal: "].contains { text.after($0) != nil }
    }

    /// The beginnings of messages that are not errors (15 to 18, verbose).
    private static let beginningsOfOtherMessages = [
        "creating ", "processing ", "executing ", "launching ", "finished ", "connecting to database", "entering ",
        "from TOC entry ", "while ", "setting owner", "skipping ", "implied ", "disabling ", "enabling ", "restoring ",
        "restored ", "dropping ", "started ", "errors ignored on restore", "table \"", "detail: ", "hint: ",
    ]

    /// True if the text continues the message of the line before.
    private func isContinuation(_ text: String) -> Bool {
        inStatement
            || ["DETAIL:", "HINT:", "CONTEXT:", "LINE ", "Command was:"].contains { text.after($0) != nil }
    }

    private mutating func close() -> [Event] {
        defer {
            open = nil
            inStatement = false
        }
        return open.map { [.problem($0)] } ?? []
    }

    private static func joined(_ text: String, _ line: String) -> String {
        text.utf8.count < longestText ? String("\(text)\n\(line)".prefix(longestText)) : text
    }

    private mutating func continueProblem(_ line: String) {
        guard open != nil else { return }
        if inStatement {
            // The rest of it, as far as it tells what the statement names.
            if let statement = open?.statement { open?.statement = Self.joined(statement, line) }
            return
        }
        if let context = line.after("CONTEXT:  ") {
            open?.context = context
        } else if let statement = line.after("Command was: ") {
            open?.statement = String(statement.prefix(Self.longestText))
            inStatement = true
        } else if let context = open?.context {
            open?.context = Self.joined(context, line)
        }
    }

    private static func problem(_ text: String, entry: Int32?) -> RawProblem {
        let entry = entry.map { EntryReference.entry($0) }
        for severity in ["ERROR:  ", "FATAL:  ", "PANIC:  "] {
            guard let (before, message) = text.parted(by: severity) else { continue }
            var problem = RawProblem(entry: entry, message: message)
            problem.isOfRows = before.after("COPY failed for table ") != nil
            return problem
        }
        return RawProblem(entry: entry, message: text, isFromProgram: true)
    }
}
