/// One entry of a table of contents: an object, or the data of one.
package struct ArchiveEntry: Sendable, Hashable {
    /// Identifies the entry in its archive; greater than 0.
    package let dumpID: Int32
    /// The OID of the catalogue that describes the object, such as 1259 for `pg_class`; 0 where there is none.
    package let tableOID: UInt32
    /// The object's OID at the source; 0 where there is none.
    package let oid: UInt32
    /// The object's name without its schema, or a phrase that identifies the object: `f(integer)`, `TABLE a` or
    /// `a a_pkey`.
    package let tag: String
    /// What it is, as the archive spells it: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, …
    package let kind: String
    package let section: Section
    /// The SQL that creates the object; empty for most data.
    package let definition: String
    /// The SQL that drops it.
    package let dropStatement: String
    /// `COPY schema.table (columns) FROM stdin;` for table data that was not dumped as INSERT statements.
    package let copyStatement: String?
    package let namespace: String?
    /// Nil means the database's default.
    package let tablespace: String?
    package let tableAccessMethod: String?
    /// The `pg_class.relkind`, such as `r` or `p`; nil for an object that is not a relation, and before version 1.16.
    package let relationKind: Character?
    package let owner: String?
    /// The ``dumpID`` of each entry that must be restored before this one.
    package let dependencies: [Int32]
    package let data: DataLocation

    /// Whether data belongs to this entry: rows, or large objects.
    package var hasData: Bool { data != .none }
}

/// The part of a restore in which an entry is restored. The numbers are those of the archive format.
package enum Section: Int, Sendable, CaseIterable {
    /// Belongs to the section of the entry that it depends on: comments, privileges.
    case none = 1
    case preData = 2
    case data = 3
    /// Indexes, constraints, triggers.
    case postData = 4
}

/// Where the data of an entry is.
package enum DataLocation: Sendable, Hashable {
    /// The entry has no data.
    case none
    /// Custom format: after the table of contents, at an offset that the archive does not name, because the dump was
    /// piped or interrupted.
    case notSet
    /// Custom format: at this byte of the file.
    case offset(Int64)
    /// Directory and tar format: in this file, whose name may be followed by a compression's suffix. A plain file name,
    /// never a path.
    case file(String)
}
