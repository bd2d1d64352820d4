/// A query that is kept in a file of its own, so that it also runs in psql, and embedded in the binary.
struct SQLFile {
    let text: String

    private init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    static var snapshot: SQLFile { SQLFile(PackageResources.snapshot_sql) }
    static var table: SQLFile { SQLFile(PackageResources.table_sql) }
    static var columns: SQLFile { SQLFile(PackageResources.columns_sql) }
    static var primaryKey: SQLFile { SQLFile(PackageResources.primary_key_sql) }
    static var types: SQLFile { SQLFile(PackageResources.types_sql) }
    static var leaves: SQLFile { SQLFile(PackageResources.leaves_sql) }
    static var cutoff: SQLFile { SQLFile(PackageResources.cutoff_sql) }
}
