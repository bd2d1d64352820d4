import Archive
import Values

/// The rows and the large objects that a backup holds, as they were read from it.
package struct BackupData: Sendable {
    package var tables: [TableContents]
    package var largeObjects: LargeObjectContents
    /// PostgreSQL's name of the encoding of the rows.
    package var encoding: String
    /// Whether the source prints floats in another form than servers do since PostgreSQL 12.
    package var hasOldFloats: Bool
    /// Whether the backup brings statements that `pg_dump` does not write, which may change rows.
    package var mayChangeRows: Bool
    /// The newest time in any column of a table, by the table's name; empty if nothing looked at them.
    package var newest: [CopiedTable: String] = [:]

    /// The columns of a table that every session of a server prints alike, by the types that the dump defines them with; by the table's
    /// name, and empty if nothing looked at them.
    package var printedAlike: [CopiedTable: Set<String>] = [:]

    package init(
        tables: [TableContents], largeObjects: LargeObjectContents = LargeObjectContents(), encoding: String = "UTF8",
        hasOldFloats: Bool = false, mayChangeRows: Bool = false
    ) {
        self.tables = tables
        self.largeObjects = largeObjects
        self.encoding = encoding
        self.hasOldFloats = hasOldFloats
        self.mayChangeRows = mayChangeRows
    }
}

extension DumpBackup {
    /// What it holds; nil before it was inspected.
    package var data: BackupData? {
        reading.map { reading in
            let major = description.serverVersion.flatMap { Int($0.prefix { $0.isNumber }) }
            var data = BackupData(
                tables: reading.tables, largeObjects: reading.largeObjects,
                encoding: dump.contents?.encoding ?? dump.plainHeader?.clientEncoding ?? "UTF8",
                hasOldFloats: (major ?? 0) < 12, mayChangeRows: reading.mayChangeRows)
            for table in reading.rows?.tables ?? [] {
                data.newest[table.table] = table.newest
                data.printedAlike[table.table] = Set(table.columns.filter(\.type.isPrintedAlike).map(\.name))
            }
            return data
        }
    }
}

extension ValueType {
    /// Whether its values are printed in one form, whatever the time zone and the form of `bytea` of a session are.
    fileprivate var isPrintedAlike: Bool {
        switch self {
        case .other, .bytea, .timestamp(zoned: true): false
        case .array(let element): element.isPrintedAlike
        default: true
        }
    }
}
