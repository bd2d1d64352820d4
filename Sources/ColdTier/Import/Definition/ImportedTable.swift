import Postgres

/// A table that a manifest defines, in parts, so that the statement that creates it is of our own making: no text of a
/// manifest is ever run.
struct ImportedTable: Equatable, Sendable {
    let name: TableName
    /// All columns, generated ones too.
    private(set) var columns: [Column]
    let key: [String]

    struct Column: Equatable, Sendable {
        let name: String
        let type: TypeName
        let generation: Generation?
        var isRequired: Bool
    }

    enum Generation: Equatable, Sendable {
        case stored(GenerationExpression)
        case virtual(GenerationExpression)
        case identity(always: Bool)

        var isFromOthers: Bool { if case .identity = self { false } else { true } }
    }

    /// - Throws: ``DefinitionFlaw`` for anything else than the definition of this table with these columns.
    init(_ shape: ExportManifest.Shape, of name: TableName) throws(DefinitionFlaw) {
        var reader = try DefinitionReader(shape.definition)
        guard reader.take(words: "create", "table") else { throw reader.unexpected }
        guard try reader.qualifiedName() == QualifiedName(schema: name.schema, name: name.name) else {
            throw DefinitionFlaw(description: "defines another table")
        }
        try reader.need("(")
        var (columns, key) = ([Column](), [String]())
        if !reader.take(")") {
            repeat {
                if key.isEmpty, reader.take(words: "primary", "key") {
                    try reader.need("(")
                    repeat { key.append(try reader.name()) } while reader.take(",")
                    try reader.need(")")
                } else {
                    columns.append(try Column(from: &reader))
                }
            } while reader.take(",")
            try reader.need(")")
        }
        try reader.end()
        (self.name, self.columns, self.key) = (name, columns, key)
        try compare(with: shape)
    }

    /// The rows of the files must fit into the table.
    private func compare(with shape: ExportManifest.Shape) throws(DefinitionFlaw) {
        let stored = columns.filter { $0.generation?.isFromOthers != true }
        guard stored.count == shape.columns.count, key.elementsEqual(shape.key, by: Self.isSame) else {
            throw DefinitionFlaw(description: "has other columns than its files")
        }
        for (column, exported) in zip(stored, shape.columns) {
            let type = try TypeName(exported.type)
            guard Self.isSame(column.name, exported.name), column.type == type else {
                throw DefinitionFlaw(description: "has other columns than its files")
            }
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

    /// Whether the table has a column of this name; compared as the server does, byte by byte.
    func has(_ name: String) -> Bool { columns.contains { Self.isSame($0.name, name) } }

    /// Adds a column of an earlier shape.
    mutating func add(_ column: Column) {
        columns.append(Column(name: column.name, type: column.type, generation: nil, isRequired: false))
    }

    /// Allows rows that have no value for a column: those of a shape that did not have it.
    mutating func doNotRequire(where isMissing: (String) -> Bool) {
        for index in columns.indices where isMissing(columns[index].name) { columns[index].isRequired = false }
    }

    /// The statement that creates the table.
    /// - Throws: ``DefinitionFlaw`` if a generated column needs what is not PostgreSQL's own.
    func sql() throws(DefinitionFlaw) -> String {
        var lines: [String] = []
        for column in columns { lines.append(try column.sql()) }
        if !key.isEmpty { lines.append("PRIMARY KEY (\(key.map(quoteIdentifier).joined(separator: ", ")))") }
        return "CREATE TABLE \(name.sql) (\(lines.joined(separator: ", ")))"
    }
}

extension ImportedTable.Column {
    fileprivate init(from reader: inout DefinitionReader) throws(DefinitionFlaw) {
        name = try reader.name()
        type = try TypeName(from: &reader)
        generation = try ImportedTable.Generation(from: &reader)
        isRequired = reader.take(words: "not", "null")
    }

    fileprivate func sql() throws(DefinitionFlaw) -> String {
        var words = [quoteIdentifier(name), type.sql]
        switch generation {
        case .stored(let expression)?: words.append("GENERATED ALWAYS AS (\(try text(of: expression))) STORED")
        case .virtual(let expression)?: words.append("GENERATED ALWAYS AS (\(try text(of: expression))) VIRTUAL")
        case .identity(let always)?: words.append("GENERATED \(always ? "ALWAYS" : "BY DEFAULT") AS IDENTITY")
        case nil: break
        }
        if isRequired { words.append("NOT NULL") }
        return words.joined(separator: " ")
    }

    private func text(of expression: GenerationExpression) throws(DefinitionFlaw) -> String {
        guard let sql = expression.sql else {
            throw DefinitionFlaw(
                description: "has a column \(name) that is generated by what is not PostgreSQL's own. "
                    + "Create the table, with or without this column, and import again")
        }
        return sql
    }
}

extension ImportedTable.Generation {
    /// - Returns: nil if no generation follows.
    fileprivate init?(from reader: inout DefinitionReader) throws(DefinitionFlaw) {
        if reader.take(words: "generated", "by", "default", "as", "identity") {
            self = .identity(always: false)
        } else if reader.take(words: "generated", "always", "as", "identity") {
            self = .identity(always: true)
        } else if reader.take(words: "generated", "always", "as") {
            let expression = try GenerationExpression(from: &reader)
            if reader.take(words: "stored") {
                self = .stored(expression)
            } else {
                guard reader.take(words: "virtual") else { throw reader.unexpected }
                self = .virtual(expression)
            }
        } else {
            return nil
        }
    }
}
