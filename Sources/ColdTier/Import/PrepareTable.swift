import Postgres

/// Creates a table for slices, or checks that the existing table accepts their rows unchanged.
///
/// A new table gets the definition of the last shape, and the columns of earlier shapes. A column that a slice does not
/// have is NULL in its rows, or gets the value that the table supplies.
/// - Parameters:
///   - shapes: those that the slices have, in their order; not empty.
///   - parsed: the same shapes.
/// - Throws: ``ImportError/otherTable(_:difference:)``, ``ImportError/definition(_:flaw:)``, ``PostgresError``.
func prepare(
    _ name: TableName, shapes: [ExportManifest.Shape], parsed: [ParsedShape], over connection: Connection
) async throws {
    var found = try await connection.query(SQLFile.table.text, [name.sql])
    if found.isEmpty {
        try await make(name, parsed, over: connection)
        found = try await connection.query(SQLFile.table.text, [name.sql])
    }
    guard let row = found.first else { return }
    let kind: String = try row.need("kind")
    guard kind == "r" || kind == "p" else { throw ImportError.otherTable(name, difference: "it is no table") }
    let columns = try await connection.query(
        SQLFile.columns.text, ["\(try row.need("oid", as: Int64.self))"]
    ).map(SourceColumn.init)
    for shape in shapes {
        if let difference = difference(of: columns, from: shape) {
            throw ImportError.otherTable(name, difference: difference)
        }
    }
}

/// Creates the table, with its schema and types, or nothing. All statements are of our own making.
private func make(_ name: TableName, _ shapes: [ParsedShape], over connection: Connection) async throws {
    let schema = try await connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [name.schema])
    var statements = schema.isEmpty ? ["CREATE SCHEMA \(quoteIdentifier(name.schema))"] : []
    var seen: Set<QualifiedName> = []
    for type in shapes.flatMap(\.types) where seen.insert(type.name).inserted {
        let there = try await connection.query("SELECT pg_catalog.to_regtype($1) IS NOT NULL", [type.name.sql])
        if try !there[0].need(at: 0) { statements.append(type.sql) }
    }
    var table = shapes[shapes.count - 1].table
    let last = table
    for shape in shapes.dropLast() {
        for column in shape.stored where !table.has(column.name) { table.add(column) }
        // Rows of earlier slices do not have this column, so it cannot be required of them.
        table.doNotRequire { name in
            last.has(name) && !shape.table.has(name) && !last.key.contains { $0.utf8.elementsEqual(name.utf8) }
        }
    }
    do {
        statements.append(try table.sql())
    } catch {
        throw ImportError.definition("of the table \(name)", flaw: error.description)
    }
    try await connection.execute("BEGIN")
    do {
        for statement in statements { _ = try await connection.query(statement) }
        try await connection.execute("COMMIT")
    } catch {
        try await connection.execute("ROLLBACK")
        throw error
    }
}

/// The reason why a table does not accept rows unchanged; nil if it does.
private func difference(of columns: [SourceColumn], from shape: ExportManifest.Shape) -> String? {
    for wanted in shape.columns {
        guard let column = columns.first(where: { $0.name.utf8.elementsEqual(wanted.name.utf8) }) else {
            return "it has no column \(wanted.name)"
        }
        guard column.type.utf8.elementsEqual(wanted.type.utf8) else {
            return "its column \(wanted.name) is of type \(column.type), and was \(wanted.type)"
        }
        if column.isGenerated { return "its column \(wanted.name) is generated" }
    }
    return nil
}
