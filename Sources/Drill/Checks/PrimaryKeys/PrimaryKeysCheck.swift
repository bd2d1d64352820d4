import Findings
import Postgres

extension CheckID {
    package static let primaryKeys = CheckID("primary-keys")
}

/// Which tables have no primary key? For information: a table may do without one.
struct PrimaryKeysCheck: Check {
    static let description = CheckDescription(
        id: .primaryKeys,
        asks: "Does every table have a primary key?",
        covers: """
            For information only. Tables and partitioned tables that have no primary key. Logical replication needs one to \
            find the row that an update or a delete means; deduplication needs one to tell two equal rows apart.
            """,
        doesNotCover: """
            Partitions, because a key of the partitioned table is also a key of its partitions. Tables of extensions. Unique indexes and \
            replica identities that serve in place of a primary key.
            """,
        notRun: "the database has no tables")

    /// So many are named.
    private static let named = 20

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let tables = try await context.query(SQLFile.primaryKeys.text)
        if tables.isEmpty { return [] }
        let keyless = try tables.filter { !(try $0.need("keyed", as: Bool.self)) }.map { row in
            "\(TableName(schema: try row.need("schema"), name: try row.need("table")))"
        }
        let list = keyless.prefix(Self.named).joined(separator: "; ") + (keyless.count > Self.named ? "; …" : "")
        return [
            Finding(
                id: Self.id, subject: "tables", status: .passed,
                observed: keyless.isEmpty ? "none without a primary key" : list,
                reason: keyless.isEmpty
                    ? nil : "without a primary key: logical replication and deduplication need one")
        ]
    }
}

extension SQLFile {
    static var primaryKeys: SQLFile { SQLFile(PackageResources.primary_keys_sql) }
}
