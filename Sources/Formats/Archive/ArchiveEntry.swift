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
    package private(set) var data: DataLocation

    /// Whether data belongs to this entry: rows, or large objects.
    package var hasData: Bool { data != .none }

    /// Whether it is the same but for the place of its data.
    func isSame(as other: ArchiveEntry) -> Bool {
        var moved = self
        moved.data = other.data
        return moved == other
    }
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

/// How the entries of a table of contents say where their data is.
enum DataReference {
    /// Offsets into the same file.
    case offsets
    /// Names of files in the directory of `toc.dat`.
    case files
}

extension ArchiveEntry {
    /// The fewest bytes an entry can take: 12 integers or string lengths of two bytes each.
    static let smallestSize: Int64 = 24

    /// Reads one entry (`ReadToc` of `pg_backup_archiver.c`, and each format's `_ReadExtraToc`).
    init(from cursor: inout ArchiveCursor, _ version: ArchiveVersion, data: DataReference) throws(ArchiveError) {
        let start = cursor.offset
        dumpID = Int32(try cursor.int("the id of an entry", in: 1...Int(Int32.max)))
        let what = "entry \(dumpID)"
        let hasDumper = try cursor.int("whether \(what) has data", in: 0...1) == 1
        tableOID = try cursor.decimal("the catalogue of \(what)") ?? 0
        oid = try cursor.decimal("the OID of \(what)") ?? 0
        tag = try cursor.string("the name of \(what)") ?? ""
        let kind = try cursor.string("the kind of \(what)") ?? ""
        guard !kind.isEmpty else { throw cursor.malformed(at: start, "\(what) is of no kind") }
        self.kind = kind
        section =
            version >= .withSections
            ? Section(rawValue: try cursor.int("the section of \(what)", in: 1...4)) ?? .none
            : Section(ofOldKind: kind)
        definition = try cursor.string("the definition of \(what)") ?? ""
        // The SQL that drops it, which is not needed.
        _ = try cursor.string("the drop statement of \(what)")
        copyStatement = try cursor.nonEmptyString("the COPY statement of \(what)")
        namespace = try cursor.nonEmptyString("the schema of \(what)")
        tablespace = try cursor.nonEmptyString("the tablespace of \(what)", isShared: true)
        tableAccessMethod =
            version >= .withTableAccessMethods
            ? try cursor.nonEmptyString("the access method of \(what)") : nil
        relationKind =
            version >= .withRelationKinds
            ? try cursor.relationKind("the relation kind of \(what)") : nil
        owner = try cursor.nonEmptyString("the owner of \(what)", isShared: true)
        // Whether a table had OIDs, which no server since 12 supports: "true" or "false".
        _ = try cursor.string("the OID flag of \(what)")
        var dependencies: [Int32] = []
        while let dependency = try cursor.decimal("the dependencies of \(what)", as: Int32.self) {
            dependencies.append(dependency)
        }
        self.dependencies = dependencies
        self.data = try cursor.location(what, data)
        if hasDumper != hasData {
            throw cursor.malformed(
                at: start, "\(what), \(kind) \(subject), says both that it has data and that it has none")
        }
        if ["TABLE DATA", "BLOBS"].contains(kind), !hasData {
            throw cursor.malformed(at: start, "\(what), \(kind) \(subject), says that it has no data")
        }
        if case .file(let name) = self.data, kind == "TABLE DATA", name != "\(dumpID).dat" {
            throw cursor.malformed(at: start, "the data of \(what) is in \(name), a file of another entry")
        }
    }
}

extension Section {
    /// The section of an entry from before 8.4, whose archives do not name one.
    fileprivate init(ofOldKind kind: String) {
        switch kind {
        case "COMMENT", "ACL", "ACL LANGUAGE": self = .none
        case "TABLE DATA", "BLOBS", "BLOB COMMENTS": self = .data
        case "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "RULE", "TRIGGER": self = .postData
        default: self = .preData
        }
    }
}

extension ArchiveCursor {
    fileprivate mutating func nonEmptyString(
        _ what: String, isShared: Bool = false
    ) throws(ArchiveError) -> String? {
        guard let text = try string(what, isShared: isShared), !text.isEmpty else { return nil }
        return text
    }

    fileprivate mutating func relationKind(_ what: String) throws(ArchiveError) -> Character? {
        let code = try int(what, in: 0...127)
        return code == 0 ? nil : Character(UnicodeScalar(UInt8(code)))
    }

    fileprivate mutating func location(_ what: String, _ data: DataReference) throws(ArchiveError) -> DataLocation {
        let start = offset
        switch data {
        case .files:
            guard let name = try nonEmptyString("the data file of \(what)") else { return .none }
            guard !name.contains("/"), !name.contains("\0"), name != ".", name != ".." else {
                throw malformed(at: start, "the data of \(what) is not in a file beside toc.dat")
            }
            return .file(name)
        case .offsets:
            let state = try byte("the data state of \(what)")
            var position: UInt64 = 0
            for index in 0..<offsetSize {
                position |= UInt64(try byte("the data offset of \(what)")) << (8 * UInt64(index))
            }
            switch state {
            case 1: return .notSet
            case 2:
                guard position <= UInt64(Int64.max) else {
                    throw malformed(at: start, "the data offset of \(what) is not in any file")
                }
                return .offset(Int64(position))
            case 3: return .none
            default: throw malformed(at: start, "the data state of \(what) is \(state)")
            }
        }
    }
}
