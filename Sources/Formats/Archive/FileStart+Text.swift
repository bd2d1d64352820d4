/// What text is, by its first lines.
extension FileStart {
    /// Another program's lines stand before the dump, as `2>&1` or a terminal of docker writes them there. `pg_restore` and psql
    /// cannot read the dump because of them.
    package var hasTextInFrontOfDump: Bool {
        if isPlainDump { return !beginsAsSQL }
        guard let archive = archiveBehindText else { return false }
        return FileStart(bytes: Array(bytes[..<archive])).isText
    }

    /// Where a custom archive begins at the start of a line that is not the first.
    private var archiveBehindText: Int? {
        let magic = [UInt8(ascii: "\n")] + ArchiveHeader.magic + [ArchiveVersion.newest.major]
        return bytes.indices.first { bytes[$0...].starts(with: magic) }.map { $0 + 1 }
    }

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
