/// Holds what the statements of a dump say of tables against the statements that create them.
///
/// What no server can take is a flaw. What a selection may explain is a doubt: `pg_dump -t`, `-T` and `-n` write foreign
/// keys to tables that they leave out, and rows of an extension's tables without the extension; `pg_restore -L` writes
/// whatever it is told to.
struct Contradictions: Sendable {
    private var uses: [TableUse] = []
    private(set) var created = CreatedRelations()

    /// Takes the statements of an entry, or one statement of a script.
    mutating func take(_ tokens: SQLTokens) {
        for statement in tokens.statements {
            created.take(statement)
            uses += TableUse.all(in: statement)
        }
    }

    /// Takes the columns of rows.
    mutating func takeRows(_ table: CopiedTable, columns: [String], by user: String) {
        uses.append(TableUse(table: table, columns: columns, user: user, kind: .rows))
    }

    /// - Parameters:
    ///   - schema: all that the dump says of its tables.
    ///   - isArchive: whether nobody can have left out statements since `pg_dump` wrote the dump.
    func found(_ schema: DumpSchema, isArchive: Bool) -> (flaws: [DumpFlaw], doubts: [DumpFlaw]) {
        var flaws: [DumpFlaw] = []
        var doubts: [DumpFlaw] = []
        let judgesTables = created.hasTables && !created.isUnclear
        for use in uses {
            let key = ExactName(use.table)
            if let column = use.columns.first(where: { schema.has(column: $0, in: key) == false }) {
                flaws.append(
                    DumpFlaw(
                        subject: use.table.label,
                        problem:
                            "\(use.user) names the column \(column), and the CREATE TABLE of the same dump has none of this name"
                    ))
            }
            guard judgesTables, use.kind != .column, !created.has(use.table) else { continue }
            let problem = "\(use.user) is of this table, and the dump creates other tables, and not this one"
            switch use.kind {
            case .part where isArchive: flaws.append(DumpFlaw(subject: use.table.label, problem: problem))
            // Tables of extensions are created by the extensions.
            case _ where created.hasExtensions: break
            default: doubts.append(DumpFlaw(subject: use.table.label, problem: problem))
            }
        }
        return (flaws, doubts)
    }
}
