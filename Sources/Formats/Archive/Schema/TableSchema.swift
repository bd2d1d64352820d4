/// What a dump says of a table.
struct TableSchema: Sendable {
    /// As its CREATE TABLE names it.
    let table: CopiedTable
    /// Its own columns, in the order of the statement: not those that it inherits.
    var columns: [ColumnSchema] = []
    /// The tables that it inherits from.
    var parents: [ExactName] = []
    /// Columns of which a statement apart from the columns says that they are NOT NULL.
    var notNull: Set<[UInt8]> = []
    /// Columns whose NOT NULL says nothing of the tables that inherit them.
    var notInherited: Set<[UInt8]> = []
    var isUnlogged = false
    /// Its rows are on another server.
    var isForeign = false
    var isPartitioned = false
    /// Something is said of it that is not understood: then nothing is known of its columns.
    var isUnclear = false

    init(_ table: CopiedTable) { self.table = table }
}

/// What a dump says of a column.
struct ColumnSchema: Sendable {
    let name: String
    let type: TypeName
    /// The name of its collation, if the dump names one.
    let collation: ExactName?
    let isNotNull: Bool
    /// Its values are computed from others, and are not in a dump.
    let isGenerated: Bool
}

/// A primary key or another unique key of a table.
struct UniqueKeySchema: Sendable {
    let table: ExactName
    let tableName: CopiedTable
    /// Of the constraint or the index.
    let name: String
    let columns: [String]
    let isPrimary: Bool
    /// Why it is not checked; nil if it is.
    let unchecked: String?
}
