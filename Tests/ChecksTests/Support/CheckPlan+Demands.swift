import Findings
import Postgres

@testable import Checks

/// What a plan says to single checks, by name.
extension CheckPlan {
    var rowCounts: [TableName: RowCountExpectation] {
        get { self[RowCountsCheck.self] ?? [:] }
        set { self[RowCountsCheck.self] = newValue }
    }
    var freshness: [ColumnName: FreshnessExpectation] {
        get { self[FreshnessCheck.self] ?? [:] }
        set { self[FreshnessCheck.self] = newValue }
    }
    var jsonb: [ColumnName: JSONBExpectation] {
        get { self[JSONBCheck.self] ?? [:] }
        set { self[JSONBCheck.self] = newValue }
    }
    var indexes: [TableName] {
        get { self[IndexesCheck.self] ?? [] }
        set { self[IndexesCheck.self] = newValue }
    }
    var partitions: [TableName: PartitionExpectation] {
        get { self[PartitionsCheck.self] ?? [:] }
        set { self[PartitionsCheck.self] = newValue }
    }
    var extensions: [ExtensionName: ExtensionExpectation] {
        get { self[ExtensionsCheck.self] ?? [:] }
        set { self[ExtensionsCheck.self] = newValue }
    }
    var security: [TableName: SecurityExpectation] {
        get { self[SecurityCheck.self] ?? [:] }
        set { self[SecurityCheck.self] = newValue }
    }
    var schemaVersion: SchemaVersionExpectation? {
        get { self[SchemaVersionCheck.self] }
        set { self[SchemaVersionCheck.self] = newValue }
    }
    var queries: [QueryExpectation] {
        get { self[QueriesCheck.self] ?? [] }
        set { self[QueriesCheck.self] = newValue }
    }
}
