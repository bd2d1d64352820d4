/// What the definition of a table in an archive says of its columns.
enum TableDefinition {
    /// The columns of type `timestamp with time zone`, as `pg_dump` spells it. Columns that the table inherits, or has
    /// from a type, are not in its definition.
    static func timeColumns(_ definition: String) -> Set<String> {
        definition.contains("timestamp") ? table(definition)?.timeColumns ?? [] : []
    }

    /// The table that a definition creates, and its ``timeColumns(_:)``.
    /// - Returns: nil where it creates none.
    static func table(_ definition: String) -> (table: CopiedTable, timeColumns: Set<String>)? {
        for statement in SQLTokens(definition).statements {
            var reader = SQLTokenReader(statement)
            guard reader.accept("create") else { continue }
            _ = reader.accept("unlogged")
            guard reader.accept("table"), let name = reader.qualifiedName() else { continue }
            var columns: Set<String> = []
            if reader.accept(.open) {
                while let column = reader.name() {
                    if isTime(&reader) { columns.insert(column) }
                    guard reader.skipItem() else { break }
                }
            }
            return (CopiedTable(schema: name.schema, name: name.name), columns)
        }
        return nil
    }

    /// `timestamp [(precision)] with time zone`, and not an array of them.
    private static func isTime(_ reader: inout SQLTokenReader) -> Bool {
        guard reader.accept("timestamp") else { return false }
        if reader.accept(.open) {
            reader.skip()
            guard reader.accept(.close) else { return false }
        }
        return reader.accept("with", "time", "zone") && reader.next != .symbol(UInt8(ascii: "["))
    }
}

extension SQLTokenReader {
    /// Moves past the comma that ends the item of a list.
    /// - Returns: false at the end of the list.
    fileprivate mutating func skipItem() -> Bool {
        var depth = 0
        while let token = next {
            skip()
            switch token {
            case .open: depth += 1
            case .close where depth == 0: return false
            case .close: depth -= 1
            case .comma where depth == 0: return true
            default: break
            }
        }
        return false
    }
}
