/// Compares what `pg_dump` announces in comments, the rows of tables and the values of sequences, with what follows in a script.
///
/// Under a comment of rows stands one COPY statement, also for a table without rows; in a dump of INSERT statements, as many as
/// there are rows. A script has the one or the other. Under one of a sequence's value stands a statement that sets it. Hand-made scripts have
/// no such comments, and nothing is missed in them.
struct AnnouncedRows: Sendable {
    private var announced: Announcement?
    /// The sequence whose value the last comment announces, until a statement follows.
    private var sequence: String?
    private var unanswered: [String] = []
    private var unset: [String] = []
    private var others: [(announced: Announcement, table: CopiedTable)] = []
    private var hasCopy = false
    private var hasInserts = false
    private var flaws = DumpFlaws()
    /// Whether something that is no statement was told since the last comment.
    private var hasReportedNonStatement = false

    mutating func announce(_ announcement: Announcement) {
        close()
        hasReportedNonStatement = false
        switch announcement.kind {
        case "TABLE DATA": announced = announcement
        case "SEQUENCE SET": sequence = announcement.label
        default: break
        }
    }

    /// Takes any statement, before what it does is taken.
    mutating func takeStatement() { sequence = nil }

    /// Takes a statement that loads rows, whatever table they are of.
    mutating func takeRows(areInserted: Bool) {
        guard announced != nil else { return }
        if areInserted { hasInserts = true } else { hasCopy = true }
        announced?.isAnswered = true
    }

    /// Takes a COPY statement.
    /// - Parameter table: nil where it loads no rows from the script.
    mutating func takeCopy(_ table: CopiedTable?) {
        // What nobody announced, somebody wrote by hand.
        if announced != nil { hasCopy = true }
        if let table { answer(table) }
    }

    /// Takes the first of some INSERT statements.
    mutating func takeInsert(_ table: CopiedTable) {
        if announced != nil { hasInserts = true }
        answer(table)
    }

    /// Takes what is no statement, and no command of psql's.
    mutating func takeNonStatement(line: Int, _ problem: String) {
        guard !hasReportedNonStatement else { return }
        hasReportedNonStatement = true
        flaws.add(announced?.label ?? "line \(line)", problem)
    }

    private mutating func answer(_ table: CopiedTable) {
        guard let announced else { return }
        self.announced?.isAnswered = true
        if !announced.isOf(table) { others.append((announced, table)) }
    }

    private mutating func close() {
        if let announced, !announced.isAnswered { unanswered.append(announced.label) }
        if let sequence { unset.append(sequence) }
        (announced, sequence) = (nil, nil)
    }

    /// What is announced and not there. Call once, at the end of the script.
    mutating func finish() -> [DumpFlaw] {
        close()
        if hasCopy, !hasInserts {
            for table in unanswered {
                flaws.add(
                    table,
                    "a comment of pg_dump announces its rows, and no COPY statement follows: its rows are not in the dump"
                )
            }
        }
        for sequence in unset {
            flaws.add(
                sequence,
                "a comment of pg_dump announces the value of this sequence, and no statement follows: it would begin again"
            )
        }
        return flaws.all
    }

    /// Call once, at the end of the script.
    /// - Parameter schema: all that the script says of its tables.
    mutating func finish(_ schema: DumpSchema) -> [DumpFlaw] {
        _ = finish()
        for (announced, table) in others where !schema.isRoot(table) {
            // Whoever gives tables other names in a script leaves the comments as they are.
            let isCreated = [announced.schema, nil].contains {
                schema.tables[ExactName(schema: $0, name: announced.name)] != nil
            }
            guard isCreated else { continue }
            flaws.add(
                announced.label,
                "a comment of pg_dump announces its rows, and the statement behind it loads rows into \(table.label)")
        }
        return flaws.all
    }
}

extension DumpSchema {
    /// Whether a table is partitioned: `pg_dump --load-via-partition-root` loads the rows of its partitions into it.
    func isRoot(_ table: CopiedTable) -> Bool {
        let name = ExactName(table)
        return tables[name]?.isPartitioned == true || partitions[name] != nil
    }
}
