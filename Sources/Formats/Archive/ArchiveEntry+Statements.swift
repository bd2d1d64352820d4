import Bytes

extension ArchiveEntry {
    /// The first statement in it that `pg_dump` never writes; nil where it has none. Rows that were dumped as INSERT
    /// statements are not in the table of contents, and not looked at.
    package var foreignStatement: ForeignStatement? {
        if let copyStatement, let foreign = ForeignStatement.inText(copyStatement) { return foreign }
        // It is about the database, which is not created anew, or a setting of the session that reads the archive.
        if ["DATABASE", "DATABASE PROPERTIES", "ENCODING", "STDSTRINGS", "SEARCHPATH"].contains(kind) { return nil }
        if kind == "BLOB METADATA" {
            // Not SQL but a list of large objects, which pg_restore puts into statements of its own (17 and later).
            let isList = definition.utf8.allSatisfy { ASCII.isDigit($0) || ASCII.isSpace($0) }
            return isList ? nil : ForeignStatement(.other, "a list of large objects that holds something else")
        }
        return ForeignStatement.inText(definition)
    }

    /// The names in its definition.
    package var definitionNames: Set<String> { SQLTokens(definition).names }
}

extension ForeignStatement {
    /// The first one of a text of complete statements; the last may lack its semicolon.
    fileprivate static func inText(_ text: String) -> ForeignStatement? {
        var script = PlainScript()
        var parts: [PlainPart] = []
        script.consume(Array(text.utf8) + Array("\n;\n".utf8), parts: &parts)
        for part in parts {
            switch part {
            case .statement(let statement): if let foreign = statement.foreign { return foreign }
            case .event(.metaCommand): return ForeignStatement(.other, "a command of psql's")
            default: break
            }
        }
        return nil
    }
}

extension TableOfContents {
    /// Whether `pg_dump --binary-upgrade` wrote it, by the comment that it puts in front of definitions.
    var isForUpgrade: Bool {
        entries.contains { $0.definition.drop(while: \.isNewline).hasPrefix("-- For binary upgrade, ") }
    }
}
