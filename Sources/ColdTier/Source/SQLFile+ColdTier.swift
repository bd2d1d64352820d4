import Postgres

extension SQLFile {
    static var table: SQLFile { SQLFile(PackageResources.table_sql) }
    static var columns: SQLFile { SQLFile(PackageResources.columns_sql) }
    static var primaryKey: SQLFile { SQLFile(PackageResources.primary_key_sql) }
    static var types: SQLFile { SQLFile(PackageResources.types_sql) }
    static var leaves: SQLFile { SQLFile(PackageResources.leaves_sql) }
    static var cutoff: SQLFile { SQLFile(PackageResources.cutoff_sql) }
}
