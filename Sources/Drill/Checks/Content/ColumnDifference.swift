import Findings
import Manifest
import Postgres

/// Where the columns of a restored table are not those of the source.
struct ColumnDifference {
    let expected: String
    let observed: String

    /// - Returns: nil if they are the same. Their order does not matter: rows are compared by their names.
    init?(_ source: SourceManifest.Table, _ table: Table, over session: Session) async throws {
        let restored = try await session.query(
            "SELECT * FROM (\(SQLFile.columnTypes.text)) AS c WHERE c.table = $1::int8", ["\(table.oid)"]
        ).map { "\(try $0.need("name", as: String.self)) \(try $0.need("type", as: String.self))" }
        let wanted = source.columns.map { "\($0.name) \($0.type)" }
        let missing = wanted.filter { column in !restored.contains { $0.utf8.elementsEqual(column.utf8) } }
        let others = restored.filter { column in !wanted.contains { $0.utf8.elementsEqual(column.utf8) } }
        guard !missing.isEmpty || !others.isEmpty else { return nil }
        expected = missing.isEmpty ? "\(counted(wanted.count, "column"))" : "the columns \(firstOf(missing))"
        observed = others.isEmpty ? "none of these" : "the columns \(firstOf(others))"
    }
}

extension SQLFile {
    static var columnTypes: SQLFile { SQLFile(PackageResources.column_types_sql) }
}
