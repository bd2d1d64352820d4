/// A part of a plain dump, as a ``PlainScript`` takes it apart.
package enum PlainPart: Sendable, Equatable {
    /// Something that is known now.
    case event(PlainScriptEvent)
    /// A whole statement, to be sent by itself.
    case statement(ScriptStatement)
    /// Rows of the COPY statement before: these bytes of the chunk.
    case rows(Range<Int>)
    /// Rows too: bytes of the chunk before, which might have been the line that ends the rows.
    case heldRows([UInt8])
    /// The line that ends the rows has been read.
    case endOfRows
}

/// A statement of a plain dump.
package struct ScriptStatement: Sendable, Equatable {
    /// With its semicolon, in the encoding that the script has set. May hold a byte 0 if the dump is damaged.
    package let text: [UInt8]
    /// The line of the dump in which it ends, from 1.
    package let line: Int
    /// Whether rows follow it: `COPY … FROM stdin`. If this is false and the server asks for rows, a COPY is hidden among other
    /// statements of the text.
    package let copiesFromScript: Bool
    /// Of a COPY, the table that it loads.
    package let table: CopiedTable?
    /// Set if `pg_dump` never writes such a statement.
    package let foreign: ForeignStatement?
    /// Whether it is the definition of something that the dump announces in a comment. Any other may be a row of a
    /// table whose COPY line is lost.
    package let isDefinition: Bool
    /// Whether it comes after the dump's closing comment.
    package let isAfterFooter: Bool
    let encoding: TextEncoding
    let standardConformingStrings: Bool

    /// Whether only a server takes it that pg_upgrade has started (`pg_dump --binary-upgrade`).
    var isForUpgrade: Bool { text.starts(with: "SELECT pg_catalog.binary_upgrade_".utf8) }

    /// The beginning of it, at most 600 bytes, to tell what kind of statement it is. May quote row values.
    package var beginning: String { String(decoding: text.prefix(600), as: UTF8.self) }

    /// The names in it, if they may be told: those of a definition. Of a statement that may be a row, there are none.
    package var names: Set<String> { isDefinition ? allNames : [] }

    /// The names in it, of a definition or not.
    package var allNames: Set<String> { tokens.names }

    /// Whether it makes or changes objects, and brings no values: so its words are names and keywords.
    package var isOfObjects: Bool {
        let start = Array(text.prefix(8))
        return ["alter ", "create ", "comment ", "copy "].contains { verb in
            start.count >= verb.utf8.count && zip(start, verb.utf8).allSatisfy { ($0 | 0x20) == ($1 | 0x20) }
        }
    }

    /// The table of an `ALTER TABLE`.
    package var alteredTable: String? {
        guard isOfObjects else { return nil }
        var reader = SQLTokenReader(tokens.tokens[...])
        guard reader.accept("alter", "table") else { return nil }
        _ = reader.accept("only")
        return reader.qualifiedName()?.name
    }

    /// What it makes or changes, as the definition of something that the dump announces: `TABLE public.t`,
    /// `INDEX i`. Nil for any other statement.
    package var definedObject: String? {
        guard isDefinition, isOfObjects else { return nil }
        var reader = SQLTokenReader(tokens.tokens[...])
        guard reader.accept("create") || reader.accept("alter") else { return nil }
        _ = reader.accept("or", "replace") || reader.accept("unlogged") || reader.accept("unique")
        for kind in Self.kinds where reader.accept(kind) {
            let words = kind.compactMap { if case .word(let word) = $0 { word.uppercased() } else { nil } }
            _ = reader.accept("only") || reader.accept("if", "not", "exists")
            guard let name = reader.qualifiedName() else { return nil }
            return (words + [name.schema.map { "\($0).\(name.name)" } ?? name.name]).joined(separator: " ")
        }
        return nil
    }

    private static let kinds: [[SQLToken]] = [
        "materialized view", "foreign table", "foreign data wrapper", "event trigger", "text search configuration",
        "text search dictionary", "operator class", "operator family", "table", "view", "sequence", "index", "function",
        "procedure", "aggregate", "type", "domain", "schema", "extension", "trigger", "policy", "rule", "collation",
        "server", "publication", "subscription", "statistics", "constraint trigger",
    ].map { $0.split(separator: " ").map { .word(String($0)) } }

    /// The table of an INSERT.
    package var insertedTable: CopiedTable? {
        // All of it may be large.
        let start = SQLTokens(
            Array(text.prefix(600)), encoding, standardConformingStrings: standardConformingStrings)
        var reader = SQLTokenReader(start.tokens[...])
        guard reader.accept("insert", "into"), let name = reader.qualifiedName() else { return nil }
        return CopiedTable(schema: name.schema, name: name.name)
    }

    var tokens: SQLTokens {
        SQLTokens(text, encoding, standardConformingStrings: standardConformingStrings)
    }

    /// The same with every string constant in full, such as the body of a function.
    var wholeTokens: [SQLToken] {
        SQLTokens(text, encoding, standardConformingStrings: standardConformingStrings, longestText: .max).tokens
    }
}

/// The table of a COPY statement. The schema is nil where the statement names none and the search path decides.
package struct CopiedTable: Sendable, Hashable {
    package let schema: String?
    package let name: String

    package init(schema: String?, name: String) {
        self.schema = schema
        self.name = name
    }

    package var label: String { schema.map { "\($0).\(name)" } ?? name }
}
