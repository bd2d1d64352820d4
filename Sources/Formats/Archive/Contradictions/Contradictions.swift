/// What contradicts itself in a dump.
struct ContradictionsFound: Sendable {
    var flaws: [DumpFlaw] = []
    var doubts: [DumpDoubt] = []
}

/// Something that shows damage in a whole dump, but that a part of a dump (`pg_dump -t`, `pg_restore -L`) may have without damage.
package struct DumpDoubt: Sendable, Hashable {
    package let flaw: DumpFlaw
    /// Whether an ordinary selection has it, such as `pg_dump -t` of a table with foreign keys to others.
    package let isOrdinary: Bool
}

/// Holds what the statements of a dump say of tables against the statements that create them.
///
/// What no server can take is a flaw. What a selection may explain is a doubt: `pg_dump -t`, `-T` and `-n` write foreign
/// keys to tables that they leave out, and rows of an extension's tables without the extension; `pg_restore -L` writes
/// whatever it is told to.
struct Contradictions: Sendable {
    private var uses: [TableUse] = []
    /// Those of rows. A script may have millions of INSERT statements in any order.
    private var usesOfRows: Set<TableUse> = []
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
        let use = TableUse(table: table, columns: columns, user: user, kind: .rows)
        if usesOfRows.insert(use).inserted { uses.append(use) }
    }

    /// - Parameters:
    ///   - schema: all that the dump says of its tables.
    ///   - announced: tables that the dump says it creates.
    func found(_ schema: DumpSchema, announced: [Announcement]) -> ContradictionsFound {
        var found = ContradictionsFound()
        let judgesTables = created.hasTables && !created.isUnclear
        for use in uses {
            let key = ExactName(use.table)
            if let column = use.columns.first(where: { schema.has(column: $0, in: key) == false }) {
                found.flaws.append(
                    DumpFlaw(
                        subject: use.table.label,
                        problem:
                            "\(use.user) names the column \(column), and the CREATE TABLE of the same dump has none of this name"
                    ))
            }
            guard judgesTables, use.kind != .column, !created.has(use.table) else { continue }
            let problem = "\(use.user) is of this table, and the dump creates other tables, and not this one"
            let flaw = DumpFlaw(subject: use.table.label, problem: problem)
            switch use.kind {
            // pg_dump writes it with its table only, and never for tables of extensions.
            case .part: found.flaws.append(flaw)
            case .rows where announced.contains(where: { $0.isOf(use.table) }): found.flaws.append(flaw)
            // Extensions create tables, too.
            case _ where created.hasExtensions: break
            default: found.doubts.append(DumpDoubt(flaw: flaw, isOrdinary: use.kind == .reference))
            }
        }
        return found
    }
}
