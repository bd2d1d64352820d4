import Rows

/// The tables whose rows are wanted by ranges of their key while a dump is read.
package struct WantedRows: Sendable {
    private var tables: [ExactName: (columns: [String], rows: KeyedRows)] = [:]

    package init() {}

    /// - Parameters:
    ///   - columns: of its rows, in their order. Rows with others are not taken so.
    ///   - rows: without rows.
    package mutating func add(_ table: CopiedTable, columns: [String], _ rows: KeyedRows) {
        tables[ExactName(table)] = (columns, rows)
    }

    /// What takes the rows of a table that come with these columns; nil where nobody wants them.
    func rows(of table: CopiedTable, columns: [String]) -> KeyedRows? {
        guard let wanted = tables[ExactName(schema: table.schema ?? "public", name: table.name)],
            wanted.columns.elementsEqual(columns, by: { $0.utf8.elementsEqual($1.utf8) })
        else { return nil }
        return wanted.rows
    }
}
