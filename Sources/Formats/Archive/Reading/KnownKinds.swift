extension TableOfContents {
    /// The kinds of entries that no `pg_dump` up to PostgreSQL 18 writes, sorted.
    var unknownKinds: [(kind: String, count: Int)] {
        Dictionary(grouping: entries.lazy.map(\.kind).filter { !Self.knownKinds.contains($0) }) { $0 }
            .map { (kind: $0.key, count: $0.value.count) }.sorted { $0.kind < $1.kind }
    }

    /// The descriptions in `pg_dump.c` and `pg_dump_sort.c`, of 8.0 to 18.
    static let knownKinds: Set<String> = [
        "ACCESS METHOD", "ACL", "ACL LANGUAGE", "AGGREGATE", "ATTRDEF", "BLOB", "BLOB COMMENTS", "BLOB METADATA",
        "BLOBS", "CAST", "CHECK CONSTRAINT", "COLLATION", "COMMENT", "CONSTRAINT", "CONVERSION", "DATABASE",
        "DATABASE PROPERTIES", "DEFAULT", "DEFAULT ACL", "DOMAIN", "ENCODING", "EVENT TRIGGER", "EXTENSION",
        "FK CONSTRAINT", "FOREIGN DATA WRAPPER", "FOREIGN TABLE", "FUNC PROCEDURAL LANGUAGE", "FUNCTION", "INDEX",
        "INDEX ATTACH", "LARGE OBJECT", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA", "OPERATOR", "OPERATOR CLASS",
        "OPERATOR FAMILY", "POLICY", "PROCEDURAL LANGUAGE", "PROCEDURE", "PUBLICATION", "PUBLICATION TABLE",
        "PUBLICATION TABLES IN SCHEMA", "ROW SECURITY", "RULE", "SCHEMA", "SEARCHPATH", "SECURITY LABEL", "SEQUENCE",
        "SEQUENCE OWNED BY", "SEQUENCE SET", "SERVER", "SHELL TYPE", "STATISTICS", "STATISTICS DATA", "STDSTRINGS",
        "SUBSCRIPTION", "SUBSCRIPTION TABLE", "TABLE", "TABLE ATTACH", "TABLE DATA", "TEXT SEARCH CONFIGURATION",
        "TEXT SEARCH DICTIONARY", "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "TRANSFORM", "TRIGGER", "TYPE",
        "USER MAPPING", "VIEW", "WARNING",
    ]
}
