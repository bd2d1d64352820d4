/// What an archive contains, in the order in which it is restored.
package struct TableOfContents: Sendable {
    package let header: ArchiveHeader
    package let entries: [ArchiveEntry]
    /// Where the table of contents ends, in bytes from the start of its file. A custom archive's data blocks follow.
    package let end: Int64
    /// What is not text in the encoding that the dump says it has, as flaws of its entries.
    let wrongTexts: [DumpFlaw]

    /// Kinds of entries that name roles in their statements, or what else all databases of a server share. Such names have the
    /// encoding of the database in which they were made.
    private static let kindsWithRoles: Set<String> = [
        "ACL", "DEFAULT ACL", "POLICY", "USER MAPPING", "SUBSCRIPTION", "PUBLICATION", "DATABASE",
        "DATABASE PROPERTIES", "COMMENT",
        "SECURITY LABEL", "TABLESPACE", "SCHEMA", "EVENT TRIGGER", "FUNCTION", "PROCEDURE",
    ]

    /// How many entries are read, and how many bytes they may take. So this program takes less than 300 MB for them; a
    /// database has some five entries for each table.
    package static let largest = (entries: 250_000, bytes: Int64(96 << 20))

    /// Reads header and entries.
    ///
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)``, ``ArchiveError/malformed(_:offset:problem:)``,
    ///   ``ArchiveError/unsupportedVersion(_:_:)``, ``ArchiveError/unreadable(_:_:)``,
    ///   ``ArchiveError/tooManyEntries(_:_:)``.
    init(
        from file: FileCursor, formats: Set<DumpFormat>, data: DataReference,
        largest: (entries: Int, bytes: Int64) = Self.largest
    ) throws(ArchiveError) {
        var cursor = ArchiveCursor(file)
        let header = try ArchiveHeader(from: &cursor, formats: formats)
        try self.init(header, from: &cursor, data: data, largest: largest)
    }

    /// Reads the entries that follow a header.
    init(
        _ header: ArchiveHeader, from cursor: inout ArchiveCursor, data: DataReference,
        largest: (entries: Int, bytes: Int64) = Self.largest
    ) throws(ArchiveError) {
        self.header = header
        let start = cursor.offset
        // Even the archive of an empty database has entries: its encoding is one.
        let count = try cursor.int("the number of entries", in: 1...Int(Int32.max))
        guard Int64(count) <= cursor.remaining / ArchiveEntry.smallestSize else {
            throw cursor.malformed(at: start, "it has \(count) entries, more than the rest of the file can hold")
        }
        var entries: [ArchiveEntry] = []
        entries.reserveCapacity(min(count, largest.entries))
        var ids: Set<Int32> = []
        var wrongTexts = DumpFlaws()
        for _ in 0..<count {
            let entryStart = cursor.offset
            // Not before so many were read: a damaged count is damage.
            guard entries.count < largest.entries, entryStart - start <= largest.bytes else {
                throw .tooManyEntries(cursor.path, count)
            }
            let entry = try ArchiveEntry(from: &cursor, header.version, data: data)
            guard ids.insert(entry.dumpID).inserted else {
                throw cursor.malformed(at: entryStart, "the id \(entry.dumpID) names two entries")
            }
            if entry.kind == "ENCODING", let name = Self.encoding(entry) {
                // pg_dump puts this entry first, so all text that may be outside of ASCII comes after it.
                (cursor.encoding, cursor.knowsEncoding) = (TextEncoding(name), true)
            }
            for what in cursor.takeWrongTexts() where !Self.kindsWithRoles.contains(entry.kind) {
                wrongTexts.add(
                    entry.subject, "\(what) is not text in \(cursor.encoding.name), the encoding of the dump")
            }
            entries.append(entry)
        }
        self.entries = entries
        self.wrongTexts = wrongTexts.all
        end = cursor.offset
    }

    /// The name in `SET client_encoding = 'UTF8';`.
    fileprivate static func encoding(_ entry: ArchiveEntry) -> String? {
        SQLTokens(entry.definition).firstString
    }
}

extension TableOfContents {
    /// The encoding of names, definitions and data: PostgreSQL's name of it, such as `UTF8`.
    package var encoding: String? {
        entries.first { $0.kind == "ENCODING" }.flatMap(Self.encoding)
    }

    /// What the dump sets `standard_conforming_strings` to; true where the dump does not set it.
    package var standardConformingStrings: Bool {
        entries.first { $0.kind == "STDSTRINGS" }.flatMap { SQLTokens($0.definition).firstString } != "off"
    }

    /// The entries of kind `TABLE`. Partitioned and foreign tables are among them only where the archive gives them
    /// this kind.
    package var tables: [ArchiveEntry] { entries.filter { $0.kind == "TABLE" } }

    /// Every role that a restore needs, sorted: owners, and the roles in statements about privileges, policies and user
    /// mappings. `PUBLIC` is not a role.
    package var roles: [String] {
        var roles = Set(entries.compactMap(\.owner))
        for entry in entries where !entry.definition.isEmpty && entry.mayNameRoles {
            for statement in SQLTokens(entry.definition).statements {
                roles.formUnion(RoleNames.named(by: statement))
            }
        }
        return roles.sorted()
    }

    /// The extensions that a restore creates, sorted.
    package var extensions: [String] {
        Set(entries.filter { $0.kind == "EXTENSION" }.map(\.tag)).sorted()
    }

    /// The tablespaces that a restore needs, sorted, without the default one.
    package var tablespaces: [String] {
        Set(entries.compactMap(\.tablespace)).sorted()
    }

    /// The table that an entry of kind `TABLE DATA` fills: its one dependency. Names cannot tell, because a partition's
    /// data may be loaded through its root.
    package func table(of data: ArchiveEntry) -> ArchiveEntry? {
        guard data.kind == "TABLE DATA" else { return nil }
        return entries.first { data.dependencies.contains($0.dumpID) && $0.kind != "TABLE DATA" }
    }

    /// The foreign keys that a restore creates.
    package var foreignKeys: [ForeignKeyDefinition] {
        entries.filter { $0.kind == "FK CONSTRAINT" }.compactMap { ForeignKeyDefinition(parsing: $0.definition) }
    }
}

extension ArchiveEntry {
    /// Whether the definition may name roles other than the owner. Function bodies and views are not searched.
    fileprivate var mayNameRoles: Bool {
        ["ACL", "DEFAULT ACL", "POLICY", "USER MAPPING", "SCHEMA", "DATABASE", "DATABASE PROPERTIES"].contains(kind)
    }
}
