extension ServerError {
    /// The error in words that hold no row value.
    ///
    /// What the parser says of a statement of our own, or of a person's, quotes only that statement: such an error has
    /// a position in it and no context. Of all others, only the forms are told that name objects, with the names that
    /// are known.
    /// - Parameter names: names of objects.
    package func publicMessage(names: ObjectNames = ObjectNames()) -> String {
        let isOfQuestion = position != nil && context == nil && sqlState.family == "42"
        guard isOfQuestion else { return sqlState.words(for: message, names: names) }
        return "\(message) (SQLSTATE \(sqlState))\(hint.map { "; the server's hint: \($0)" } ?? "")"
    }
}

extension SQLState {
    /// A message of this code in words that hold no row value: in full if it has a form that names only objects, else
    /// the name of the condition.
    package func words(for message: String, names: ObjectNames) -> String {
        let told = quotesRows ? nil : MessageForm.told(message, isKnown: names.contains)
        return "\(told ?? condition ?? "error") (SQLSTATE \(rawValue))"
    }

    /// Errors about rows and values are told by their condition alone.
    private var quotesRows: Bool { ["22", "23"].contains(family) && rawValue != "22023" }
}

/// Names that are known to be names of objects, and no values of rows.
package struct ObjectNames: Sendable {
    private var names: Set<String>

    package init(_ names: Set<String> = []) { self.names = names }

    package mutating func insert(_ name: String) { names.insert(name) }
    package mutating func formUnion(_ other: some Sequence<String>) { names.formUnion(other) }
    package func union(_ other: Set<String>) -> ObjectNames { ObjectNames(names.union(other)) }

    /// Whether a text of a message is a name, or is made of names: `public.t`, `public.f(integer, text)`.
    package func contains(_ text: String) -> Bool {
        if names.contains(text) { return true }
        // By bytes: for Swift a quote with an accent behind it is no quote.
        let words = text.utf8.split { byte in
            !(byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20))
        }.map { String(decoding: Array($0), as: UTF8.self) }
        return !words.isEmpty && words.allSatisfy { names.contains($0) || Self.ofTypes.contains($0) }
    }

    /// Words of PostgreSQL's own types, schemas, catalogues and commands.
    private static let ofTypes: Set<String> = [
        "pg_catalog", "public", "information_schema", "pg_toast", "pg_temp", "anyarray", "anyelement", "bigint", "bit",
        "boolean", "box", "bytea", "character", "cidr", "circle", "date", "double", "inet", "integer", "internal",
        "interval", "json", "jsonb", "line", "lseg", "macaddr", "money", "name", "numeric", "oid", "path", "point",
        "polygon", "precision", "real", "record", "regclass", "regproc", "regrole", "regtype", "smallint", "text",
        "time", "timestamp", "trigger", "tsquery", "tsvector", "unknown", "uuid", "varying", "void", "with", "without",
        "xml", "zone", "btree", "hash", "gist", "gin", "spgist", "brin", "heap", "plpgsql", "sql", "c", "UTF8",
        "default_tablespace", "default_table_access_method", "pg_largeobject", "pg_authid", "pg_class", "pg_proc",
        "ALTER", "CALL", "COPY", "CREATE", "DELETE", "DROP", "FROM", "INSERT", "INTO", "MERGE", "SELECT", "TABLE",
        "TRUNCATE", "UPDATE", "nextval", "setval",
    ]
}
