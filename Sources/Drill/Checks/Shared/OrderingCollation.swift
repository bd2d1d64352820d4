import Postgres

/// A collation that has versions, and by which indexes or partitions are ordered.
struct OrderingCollation: Sendable {
    /// For people.
    let name: String
    /// The version that it had when they were made.
    let recorded: String
    /// The version of this machine's library; nil where it has no such collation any more.
    let actual: String?
    /// The indexes and partitioned tables, by oid and for people.
    let dependents: Set<Int64>
    let dependentNames: [String]

    var isOutdated: Bool { actual != recorded }

    static func all(in context: CheckContext) async throws -> [OrderingCollation] {
        // Servers before 15 record none for the database, and do not know the function.
        let ofDatabase =
            context.serverVersion.major < 15
            ? nil
            : try await context.query(
                """
                SELECT datcollversion AS recorded, pg_catalog.pg_database_collation_actual_version(oid) AS actual
                FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
                """
            ).first
        return try await context.query(SQLFile.collations.text).compactMap { row in
            // DEFAULT_COLLATION_OID: what the database was created with.
            let isDefault = try row.need("oid", as: Int64.self) == 100
            guard let versions = isDefault ? ofDatabase : row,
                let recorded = try versions.get("recorded", as: String.self)
            else { return nil }
            return OrderingCollation(
                name: isDefault
                    ? "the database's own"
                    : "\(try row.need("schema", as: String.self)).\(try row.need("name", as: String.self))",
                recorded: recorded, actual: try versions.get("actual"),
                dependents: Set(try row.need("oids", as: [String].self).compactMap { Int64($0) }),
                dependentNames: try row.need("names"))
        }
    }
}

extension SQLFile {
    static var collations: SQLFile { SQLFile(PackageResources.collations_sql) }
}
