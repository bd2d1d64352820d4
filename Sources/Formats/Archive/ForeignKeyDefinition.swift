/// A foreign key, as described by the statement that adds it.
package struct ForeignKeyDefinition: Sendable, Hashable {
    /// Nil where the statement names no schema and the search path decides, as in dumps from before 2018.
    package let schema: String?
    package let table: String
    package let name: String
    /// In the order of ``referencedColumns``.
    package let columns: [String]
    package let referencedSchema: String?
    package let referencedTable: String
    /// Empty where the statement names no columns and means the primary key; `pg_dump` always names them.
    package let referencedColumns: [String]
    /// Whether a key that has both NULL and other values is an orphan (`MATCH FULL`).
    package let matchFull: Bool
    /// Whether rows that are older than the constraint were never checked (`NOT VALID`).
    package let notValid: Bool
    /// Whether the server never checks the key (`NOT ENFORCED`, PostgreSQL 18).
    package let notEnforced: Bool
    /// Whether the last column is a range that the referenced rows must cover instead of equal (`PERIOD`, PostgreSQL
    /// 18).
    package let hasPeriod: Bool

    /// Parses `ALTER TABLE [ONLY] s.t ADD CONSTRAINT n FOREIGN KEY (a, b) REFERENCES s2.t2(c, d) …`.
    ///
    /// - Returns: nil for any other statement.
    package init?(parsing definition: String) {
        guard let statement = SQLTokens(definition).statements.first else { return nil }
        self.init(statement)
    }

    init?(_ statement: ArraySlice<SQLToken>) {
        var reader = SQLTokenReader(statement)
        guard reader.accept("alter", "table") else { return nil }
        _ = reader.accept("if", "exists")
        _ = reader.accept("only")
        guard let table = reader.qualifiedName() else { return nil }
        _ = reader.accept(.star)
        guard reader.accept("add", "constraint"), let name = reader.name(), reader.accept("foreign", "key"),
            let columns = Self.columns(&reader), reader.accept("references"),
            let referenced = reader.qualifiedName()
        else { return nil }
        schema = table.schema
        self.table = table.name
        self.name = name
        self.columns = columns.names
        referencedSchema = referenced.schema
        referencedTable = referenced.name
        hasPeriod = columns.hasPeriod
        if reader.next == .open {
            guard let referencedColumns = Self.columns(&reader) else { return nil }
            self.referencedColumns = referencedColumns.names
        } else {
            referencedColumns = []
        }
        let options = reader
        func has(_ first: String, _ second: String) -> Bool {
            var options = options
            return options.skip(past: first, second)
        }
        matchFull = has("match", "full")
        notValid = has("not", "valid")
        notEnforced = has("not", "enforced")
    }

    /// Takes `(a, b)`, or `(a, PERIOD b)`.
    private static func columns(_ reader: inout SQLTokenReader) -> (names: [String], hasPeriod: Bool)? {
        guard reader.accept(.open) else { return nil }
        var names: [String] = []
        var hasPeriod = false
        repeat {
            guard let name = reader.name() else { return nil }
            if name == "period", let column = reader.name() {
                names.append(column)
                hasPeriod = true
            } else {
                names.append(name)
            }
        } while reader.accept(.comma)
        return reader.accept(.close) ? (names, hasPeriod) : nil
    }
}
