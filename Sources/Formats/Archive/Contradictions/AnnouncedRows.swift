/// Holds the comments with which `pg_dump` announces the rows of tables against what follows them in a script.
///
/// Under a comment stands one COPY statement, also for a table without rows; in a dump of INSERT statements, as many as
/// there are rows. A script has the one or the other. Hand-made scripts have no such comments, and nothing is missed in them.
struct AnnouncedRows: Sendable {
    private var announced: Announcement?
    private var unanswered: [String] = []
    private var others: [(announced: Announcement, table: CopiedTable)] = []
    private var hasCopy = false
    private var hasInserts = false
    private var flaws = DumpFlaws()
    /// Whether something that is no statement was told since the last comment.
    private var toldOdd = false

    mutating func announce(_ announcement: Announcement) {
        close()
        toldOdd = false
        if announcement.kind == "TABLE DATA" { announced = announcement }
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
    mutating func takeOdd(line: Int, _ problem: String) {
        guard !toldOdd else { return }
        toldOdd = true
        flaws.add(announced?.label ?? "line \(line)", problem)
    }

    private mutating func answer(_ table: CopiedTable) {
        guard let announced else { return }
        self.announced?.isAnswered = true
        if !announced.isOf(table) { others.append((announced, table)) }
    }

    private mutating func close() {
        if let announced, !announced.isAnswered { unanswered.append(announced.label) }
        announced = nil
    }

    /// Call once, at the end of the script.
    /// - Parameter schema: all that the script says of its tables.
    mutating func finish(_ schema: DumpSchema) -> [DumpFlaw] {
        close()
        if hasCopy, !hasInserts {
            for table in unanswered {
                flaws.add(
                    table,
                    "a comment of pg_dump announces its rows, and no COPY statement follows: its rows are not in the dump"
                )
            }
        }
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
