import Postgres

/// Creates a table for slices, or checks that the existing table accepts their rows unchanged.
///
/// A new table gets the definition of the last shape, and the columns of earlier shapes. A column that a slice does not
/// have is NULL in its rows, or gets the value that the table supplies.
/// - Parameter shapes: indexes of the shapes that the slices have; not empty.
/// - Throws: ``ImportError/otherTable(_:difference:)``, ``PostgresError``.
func prepare(_ table: ExportManifest.Table, shapes: Set<Int>, over connection: Connection) async throws {
    let name = table.tableName
    let shapes = shapes.sorted().map { table.shapes[$0] }
    var found = try await connection.query(SQLFile.table.text, [name.sql])
    if found.isEmpty {
        try await make(name, shapes, over: connection)
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

/// Runs all statements or none. Each statement is sent separately, so that a definition can be only one statement: a
/// second one that somebody appended to it is not run.
private func make(_ name: TableName, _ shapes: [ExportManifest.Shape], over connection: Connection) async throws {
    let last = shapes[shapes.count - 1]
    let schema = try await connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [name.schema])
    var statements = schema.isEmpty ? ["CREATE SCHEMA \(quoteIdentifier(name.schema))"] : []
    var seen: Set<String> = []
    for type in shapes.flatMap(\.types) where seen.insert(type.name).inserted {
        let there = try await connection.query("SELECT pg_catalog.to_regtype($1) IS NOT NULL", [type.name])
        if try !there[0].need(at: 0) { statements.append(type.definition) }
    }
    statements.append(last.definition)
    for shape in shapes.dropLast() {
        for column in shape.columns where !last.has(column) {
            statements.append(
                "ALTER TABLE \(name.sql) ADD COLUMN IF NOT EXISTS \(quoteIdentifier(column.name)) \(column.type)")
        }
        // Rows of earlier slices do not have this column, so it cannot be required of them.
        for column in last.columns where !shape.has(column) && !last.key.contains(column.name) {
            statements.append(
                "ALTER TABLE \(name.sql) ALTER COLUMN \(quoteIdentifier(column.name)) DROP NOT NULL")
        }
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

extension ExportManifest.Shape {
    fileprivate func has(_ column: ExportColumn) -> Bool {
        columns.contains { $0.name.utf8.elementsEqual(column.name.utf8) }
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
