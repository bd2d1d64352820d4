import Values

/// What was found in the rows of a dump.
package struct RowFindings: Sendable {
    /// Each table that has data in the dump, by name.
    package let tables: [InspectedTable]
    package let uniqueKeys: [KeyFinding]
    package let foreignKeys: [KeyFinding]
}

/// What was found in the rows of a table.
package struct InspectedTable: Sendable {
    package let table: CopiedTable
    /// One for each column that has values in the dump; empty where they were not looked at.
    package var columns: [InspectedColumn] = []
    package var findings: [ColumnFindings] = []
    /// Rows that were too long to be looked at.
    package var unreadRows: Int64 = 0
    /// Why no value was looked at; nil if they were.
    package var unchecked: String?

    /// What was found of each column.
    package var results: [(column: InspectedColumn, findings: ColumnFindings)] { Array(zip(columns, findings)) }

    /// The newest time in any column, as PostgreSQL prints it in UTC; nil where there is none.
    package var newest: String? { findings.compactMap(\.times.maximum).max()?.description }
}

/// What was found of a unique key or a foreign key.
package struct KeyFinding: Sendable {
    /// As a drill names it: a unique key by its index, `public.t_pkey`, a foreign key by its table, `public.t.t_a_fkey`.
    package let subject: String
    /// What the key is: `PRIMARY KEY`, `UNIQUE`, `FOREIGN KEY`.
    package let kind: String
    package let outcome: KeyOutcome
    /// Whether the source never checked all of its rows (`NOT VALID`, `NOT ENFORCED`).
    package var isUnproven = false
}

package enum KeyOutcome: Sendable, Equatable {
    /// Every row keeps to it; so many have a key.
    case holds(rows: Int64)
    /// So many keys are there more than once, which so many rows have beyond the first of each.
    case duplicates(keys: Int64, rows: Int64)
    /// So many rows refer to a row that is not there.
    case orphans(rows: Int64)
    /// The question was not asked, for this reason.
    case unchecked(String)
    /// The keys could not be kept.
    case lost(KeyStoreError)
}
