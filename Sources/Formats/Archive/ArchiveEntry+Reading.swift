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
        dropStatement = try cursor.string("the drop statement of \(what)") ?? ""
        copyStatement = try cursor.nonEmptyString("the COPY statement of \(what)")
        namespace = try cursor.nonEmptyString("the schema of \(what)")
        tablespace = try cursor.nonEmptyString("the tablespace of \(what)")
        tableAccessMethod =
            version >= .withTableAccessMethods
            ? try cursor.nonEmptyString("the access method of \(what)") : nil
        relationKind =
            version >= .withRelationKinds
            ? try cursor.relationKind("the relation kind of \(what)") : nil
        owner = try cursor.nonEmptyString("the owner of \(what)")
        // Whether a table had OIDs, which no server since 12 supports: "true" or "false".
        _ = try cursor.string("the OID flag of \(what)")
        var dependencies: [Int32] = []
        while let dependency = try cursor.decimal("the dependencies of \(what)", as: Int32.self) {
            dependencies.append(dependency)
        }
        self.dependencies = dependencies
        let location = try cursor.location(what, data)
        // An entry without a dumper has no data block, even if a place for one is written in it.
        self.data = hasDumper ? location : .none
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
    fileprivate mutating func nonEmptyString(_ what: String) throws(ArchiveError) -> String? {
        guard let text = try string(what), !text.isEmpty else { return nil }
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
