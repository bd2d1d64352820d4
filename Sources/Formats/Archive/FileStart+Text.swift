import Bytes

/// What text is, by its first lines.
extension FileStart {
    /// Another program's lines stand before the dump, as `2>&1` or a terminal of docker writes them there. `pg_restore` and psql
    /// cannot read the dump because of them.
    package var hasTextInFrontOfDump: Bool {
        if isPlainDump { return !beginsAsSQL }
        return Self.signs.contains { sign in
            guard let start = bytes.firstRange(of: sign)?.lowerBound, start > 0 else { return false }
            return bytes[..<start].allSatisfy { $0 >= 0x20 && $0 != 0x7F || ASCII.isSpace($0) }
        }
    }

    /// With what a custom archive, a tar file of `pg_dump` and compressed files begin.
    private static let signs: [[UInt8]] = [
        ArchiveHeader.magic + [ArchiveVersion.newest.major], Array("toc.dat\0".utf8), [0x1F, 0x8B, 8, 0],
        [0x1F, 0x8B, 8, 8], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [4, 0x22, 0x4D, 0x18],
        Array("BZh91AY&SY".utf8),
    ]

    /// Whether the first line is a comment, a command of psql's, or the beginning of a statement.
    package var beginsAsSQL: Bool {
        guard let first = lines(1).first?.drop(while: \.isWhitespace) else { return true }
        if ["--", "/*", "\\"].contains(where: { first.hasPrefix($0) }) { return true }
        return Self.statements.contains(first.prefix { $0.isASCII && $0.isLetter }.uppercased())
    }

    /// The first words of SQL commands.
    private static let statements: Set<String> = [
        "ALTER", "ANALYZE", "BEGIN", "CALL", "CLUSTER", "COMMENT", "COMMIT", "COPY", "CREATE", "DELETE", "DISCARD",
        "DO",
        "DROP", "END", "GRANT", "IMPORT", "INSERT", "LOCK", "REASSIGN", "REFRESH", "REINDEX", "RESET", "REVOKE",
        "ROLLBACK", "SAVEPOINT", "SECURITY", "SELECT", "SET", "SHOW", "START", "TABLE", "TRUNCATE", "UPDATE", "VACUUM",
        "VALUES", "WITH",
    ]
}
