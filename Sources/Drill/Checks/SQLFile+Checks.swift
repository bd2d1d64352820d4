import Postgres

extension SQLFile {
    static var catalogue: SQLFile { SQLFile(PackageResources.catalogue_sql) }
    static var columns: SQLFile { SQLFile(PackageResources.columns_sql) }
    static var restore: SQLFile { SQLFile(PackageResources.restore_sql) }
    static var foreignKeys: SQLFile { SQLFile(PackageResources.foreign_keys_sql) }
    static var checkConstraints: SQLFile { SQLFile(PackageResources.check_constraints_sql) }
    static var constraints: SQLFile { SQLFile(PackageResources.constraints_sql) }
    static var indexes: SQLFile { SQLFile(PackageResources.indexes_sql) }
    static var largeObjects: SQLFile { SQLFile(PackageResources.large_objects_sql) }
    static var sequences: SQLFile { SQLFile(PackageResources.sequences_sql) }
    static var partitions: SQLFile { SQLFile(PackageResources.partitions_sql) }
    static var extensions: SQLFile { SQLFile(PackageResources.extensions_sql) }
    static var security: SQLFile { SQLFile(PackageResources.security_sql) }
    static var collations: SQLFile { SQLFile(PackageResources.collations_sql) }
    static var preparedTransactions: SQLFile { SQLFile(PackageResources.prepared_transactions_sql) }
    static var systemTables: SQLFile { SQLFile(PackageResources.system_tables_sql) }
    static var upkeep: SQLFile { SQLFile(PackageResources.upkeep_sql) }
    static var visibilityMap: SQLFile { SQLFile(PackageResources.visibility_map_sql) }
}
