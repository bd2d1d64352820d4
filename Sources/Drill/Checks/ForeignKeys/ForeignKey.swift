import Archive
import Postgres

/// A foreign key to look for orphans of: one of the restored database, or one that the backup names and that could not
/// be created.
struct ForeignKey: Sendable {
    let name: String
    let table: TableName
    let columns: [String]
    let referenced: TableName
    let referencedColumns: [String]
    /// Compare a referenced column with a referring one, in order; the constraint's own, which an extension may have
    /// defined.
    let operators: [String]
    /// `::type` for each referenced column and for each referring one, or nothing.
    var casts: (referenced: [String], referring: [String])
    /// ` COLLATE …` for each referring column, or nothing.
    let collations: [String]
    let matchFull: Bool
    /// The source knows that rows may break it: NOT VALID or NOT ENFORCED.
    let isKnownAtSource: Bool
    let hasPeriod: Bool
    /// The restored database has it.
    let exists: Bool

    var subject: String { id.description }

    /// What tells it apart.
    var id: ConstraintName { ConstraintName(table: table, name: name) }

    init(_ row: Row) throws {
        name = try row.need("name")
        table = TableName(schema: try row.need("schema"), name: try row.need("table"))
        columns = try row.need("columns")
        referenced = TableName(schema: try row.need("referenced_schema"), name: try row.need("referenced_table"))
        referencedColumns = try row.need("referenced_columns")
        operators = try row.need("operators")
        casts = (try row.need("referenced_casts"), try row.need("casts"))
        collations = try row.need("collations")
        matchFull = try row.need("match_full")
        let validated = try row.need("validated", as: Bool.self)
        let enforced = try row.need("enforced", as: Bool.self)
        isKnownAtSource = !validated || !enforced
        hasPeriod = try row.need("has_period")
        exists = true
    }

    /// From the statement in the backup.
    init(_ definition: ForeignKeyDefinition) {
        name = definition.name
        table = TableName(schema: definition.schema ?? "public", name: definition.table)
        columns = definition.columns
        referenced = TableName(schema: definition.referencedSchema ?? "public", name: definition.referencedTable)
        referencedColumns = definition.referencedColumns
        operators = definition.columns.map { _ in "OPERATOR(pg_catalog.=)" }
        casts = (definition.columns.map { _ in "" }, definition.columns.map { _ in "" })
        collations = definition.columns.map { _ in "" }
        matchFull = definition.matchFull
        isKnownAtSource = definition.notValid || definition.notEnforced
        hasPeriod = definition.hasPeriod
        exists = false
    }

    /// Counts the rows that break the key. MATCH SIMPLE lets go whatever has a NULL in its key; MATCH FULL only what is
    /// NULL throughout (documentation of CREATE TABLE).
    /// - Parameters: the tables that the key refers from and to.
    func countOrphans(from table: Table, to referenced: Table) -> String {
        let refers = columns.map { "c.\(quoteIdentifier($0))" }
        let nulls = refers.map { "\($0) IS NULL" }
        let allSet = refers.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let same = zip(referencedColumns, refers).enumerated().map { index, columns in
            let referenced = "p.\(quoteIdentifier(columns.0))\(casts.referenced[index])"
            return "\(referenced) \(operators[index]) \(columns.1)\(casts.referring[index])\(collations[index])"
        }.joined(separator: " AND ")
        let missing = "(\(allSet) AND NOT EXISTS (SELECT FROM \(referenced.sql) p WHERE \(same)))"
        let partlyNull = "(\(nulls.joined(separator: " OR "))) AND NOT (\(nulls.joined(separator: " AND ")))"
        return """
            SELECT count(*) FROM \(table.sql) c WHERE \(missing)\(matchFull ? " OR \(partlyNull)" : "")
            """
    }
}

extension SQLFile {
    static var foreignKeys: SQLFile { SQLFile(PackageResources.foreign_keys_sql) }
}
