import Compression
import Rows
import SystemPackage
import Values

/// What a dump holds, read to its last byte.
package struct DumpReading: Sendable {
    /// Empty for a dump that is whole and as `pg_dump` writes it, as far as that can be told.
    package let flaws: [DumpFlaw]
    /// What no whole dump has, but a part of a dump may have; empty if nothing was looked for.
    package let doubts: [DumpDoubt]
    /// The rows of each table that has data in the dump, in the order of the table of contents.
    package let tables: [TableContents]
    /// The contents of each large object.
    package let largeObjects: LargeObjectContents
    /// Kinds of entries that this program does not know, sorted, each with the number of its entries.
    package let unknownKinds: [(kind: String, count: Int)]
    /// Whether it has statements that `pg_dump` does not write, which may change rows when they are restored.
    package let mayChangeRows: Bool
    /// Roles that values name, at most 1000 for each table: in rows, and in constants of definitions. A server takes such
    /// a value only if it has the role.
    package let roles: Set<String>
    /// What was found in the rows; nil if nothing was looked for.
    package let rows: RowFindings?
    /// What a person should know of the dump; nil if nothing was looked for.
    package let notices: DumpNotices?
    /// How a script defines its objects; nil for an archive, whose table of contents says it, and for a script of several
    /// databases.
    package let structure: DumpStructure?
    /// Of a script, the partitioned table that each partition is of, at whatever depth: a script may have its rows as the
    /// root's. Empty if nothing was looked for.
    package var roots: [CopiedTable: CopiedTable] = [:]
    /// Tables whose values may come to other columns than at the source.
    package var orderRisks: [ColumnOrderRisk] = []
    /// A form that no restore takes, whatever else is found.
    package var form: DumpForm?
    /// Of a script, what it keeps for its database as a whole: its owner, and settings.
    package var properties: [GlobalStatement] = []
    /// Of a script, whether it has neither a statement that makes something nor a row.
    package var isEmpty = false
}

/// What a dump has of one table.
package struct TableContents: Sendable, Equatable {
    /// The table's name, as its entry in the table of contents gives it.
    package let schema: String?
    package let name: String
    /// Whether the dump creates the table too. If not, the table belongs to an extension, which may bring rows of its
    /// own, or the dump holds data alone.
    package let isDefined: Bool
    /// The columns that have values in the dump, in their order there; nil for INSERT statements whose values were not all read.
    package var columns: [String]?
    /// Whether a restore inserts the rows into the root of a partitioned table. Then a row may come to another leaf.
    package var isLoadedThroughRoot: Bool
    package var rows: Int64
    /// Whether some rows are INSERT statements that do not name their columns.
    package var goesByOrder = false
    /// Of the rows in canonical form; nil if it is not known, as for INSERT statements whose values were not all read.
    package var digest: TableDigest?
    /// The same rows by ranges of their key; nil where nobody asked for them so, or they could not be taken so.
    package var keyed: KeyedRows?
    /// Bytes of the longest row; 0 for INSERT statements whose values were not all read.
    package var longestRow = 0
    /// The columns whose times were brought to UTC for the digest.
    package var timeColumns: Set<String>

    package init(
        schema: String?, name: String, isDefined: Bool, columns: [String]? = nil, isLoadedThroughRoot: Bool = false,
        rows: Int64 = 0, digest: TableDigest? = nil, timeColumns: Set<String> = []
    ) {
        self.schema = schema
        self.name = name
        self.isDefined = isDefined
        self.columns = columns
        self.isLoadedThroughRoot = isLoadedThroughRoot
        self.rows = rows
        self.digest = digest
        self.timeColumns = timeColumns
    }

}

extension Dump {
    /// Reads the dump to its last byte: every structure that has a rule is compared with it, every stream is decoded,
    /// and every row is counted. So `pg_restore`, which trusts an archive, gets none that is not well-formed.
    ///
    /// Memory use does not grow with the size of the dump, of a row or of a large object; only with the number of
    /// entries and of large objects.
    ///
    /// Some losses leave no trace and are not found: rows that a policy hid from `pg_dump`, and an uncompressed
    /// directory dump that was interrupted between two tables and looks clean.
    ///
    /// - Parameters:
    ///   - keys: keeps the keys of the rows. With it, values and keys are looked at too; a plain dump is then read twice,
    ///     because its keys are defined at its end.
    ///   - only: the names of the ``parts`` that are read; nil reads all. What needs all rows, such as keys, is then not looked at.
    ///   - wanted: the tables whose rows are also taken by ranges of their key.
    ///   - progress: called from time to time with the number of bytes of the dump that were read so far; may throw to
    ///     stop.
    /// - Throws: ``ArchiveError`` where the dump could not be read (a flaw of a dump that was read is not an error);
    ///   what `progress` throws.
    package func read(
        keys: KeyStore? = nil, only: Set<String>? = nil, wanted: WantedRows = WantedRows(),
        progress: (Int64) throws -> Void = { _ in }
    ) throws -> DumpReading {
        guard let contents else { return try PlainReader(self, keys: keys, wanted: wanted).read(progress) }
        let inventory = SharedInventory {
            keys?.removeAll()
            return DataInventory(contents, name: name, keys: keys, wanted: wanted, isWhole: only == nil)
        }
        switch format {
        case .custom: try BlockReader(dump: self, contents: contents, only: only).read(into: inventory, progress)
        case .directory:
            try DirectoryReader(dump: self, contents: contents, only: only).read(into: inventory, progress)
        case .tar: try TarReader(dump: self, contents: contents).read(into: inventory, progress)
        case .plain: preconditionFailure("a plain dump has no table of contents")
        }
        return inventory.with { $0.finish() }
    }
}
