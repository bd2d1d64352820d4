import Postgres

/// Makes a table for slices where there is none, or sees that the one that is there takes their rows as they are.
///
/// It is made as the last of the slices had it. Earlier ones may have had fewer columns; what they did not have is NULL, or
/// what the table puts there.
/// - Parameter shapes: of the slices, in their order; not empty.
/// - Throws: ``ImportError/otherTable(_:difference:)``, ``PostgresError``.
func prepare(
    _ table: ExportManifest.Table, _ shapes: [ExportManifest.Shape], over connection: Connection
) async throws {
    let name = TableName(schema: table.schema, name: table.name)
    var found = try await connection.query(SQLFile.table.text, [name.sql])
    if found.isEmpty {
        try await make(name, shapes[shapes.count - 1], over: connection)
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

/// All or nothing.
private func make(_ name: TableName, _ shape: ExportManifest.Shape, over connection: Connection) async throws {
    let schema = try await connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [name.schema])
    var statements = schema.isEmpty ? ["CREATE SCHEMA \(quoteIdentifier(name.schema));"] : []
    for type in shape.types {
        let there = try await connection.query("SELECT pg_catalog.to_regtype($1) IS NOT NULL", [type.name])
        if try !there[0].need(at: 0) { statements.append(type.definition + ";") }
    }
    // Several statements at once are one transaction.
    try await connection.execute((statements + [shape.definition]).joined(separator: "\n"))
}

/// What keeps a table from taking rows as they are; nil where nothing does.
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
