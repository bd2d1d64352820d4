/// What the COPY statement of an archive's entry loads: `COPY schema.table (columns) FROM stdin;`
struct CopyTarget: Equatable {
    let table: CopiedTable
    /// In the order of the fields of each row; empty for a table without columns.
    let columns: [String]

    /// - Returns: nil for a statement that `pg_dump` does not write.
    init?(parsing statement: String) {
        let statements = SQLTokens(statement).statements
        guard statements.count == 1, let tokens = statements.first else { return nil }
        var reader = SQLTokenReader(tokens)
        guard reader.accept("copy"), let table = reader.qualifiedName() else { return nil }
        var columns: [String] = []
        if reader.accept(.open) {
            repeat {
                guard let column = reader.name() else { return nil }
                columns.append(column)
            } while reader.accept(.comma)
            guard reader.accept(.close) else { return nil }
        }
        guard reader.accept("from", "stdin"), reader.isAtEnd else { return nil }
        self.table = CopiedTable(schema: table.schema, name: table.name)
        self.columns = columns
    }
}
