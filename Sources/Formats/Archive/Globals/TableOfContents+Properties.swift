extension TableOfContents {
    /// What it keeps for its database as a whole, as `pg_restore --create` would restore it: its owner, and settings.
    package var databaseProperties: [GlobalStatement] {
        entries.flatMap { entry -> [GlobalStatement] in
            switch entry.kind {
            case "DATABASE":
                var reader = SQLTokenReader(SQLTokens(entry.definition).tokens[...])
                guard reader.accept("create", "database"), let name = reader.name() else { return [] }
                return entry.owner.map { [.databaseOwner(database: name, owner: $0)] } ?? []
            case "DATABASE PROPERTIES":
                return SQLTokens(entry.definition).statements.compactMap { GlobalStatement(Array($0)) }
                    .filter { $0 != .ofDatabase }
            default: return []
            }
        }
    }
}
