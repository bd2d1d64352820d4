/// How a dump sets a sequence.
package struct SequenceSetting: Sendable, Hashable {
    package let schema: String
    package let name: String
    package let last: Int64
    /// `last` has been given already; if not, it is the next key.
    package let isCalled: Bool

    /// Reads an entry of kind `SEQUENCE SET`, whose statement `dumpSequenceData` of pg_dump writes:
    ///
    ///     SELECT pg_catalog.setval('public.t_id_seq', 42, true);
    ///
    /// - Returns: nil for any other entry, and for a statement that is written in another way.
    package init?(_ entry: ArchiveEntry) {
        guard entry.kind == "SEQUENCE SET", let schema = entry.namespace,
            let match = entry.definition.firstMatch(of: /, (-?[0-9]+), (true|false)\);\s*$/),
            let last = Int64(match.1)
        else { return nil }
        self.schema = schema
        name = entry.tag
        self.last = last
        isCalled = match.2 == "true"
    }

    /// Reads the same statement of a plain dump.
    /// - Returns: nil for any other statement, and for one that names no schema, as before PostgreSQL 10.3.
    init?(_ statement: ArraySlice<SQLToken>) {
        var reader = SQLTokenReader(statement)
        guard reader.accept("select"), let function = reader.qualifiedName(), function == ("pg_catalog", "setval"),
            reader.accept(.open), case .string(let text)? = reader.next
        else { return nil }
        reader.skip()
        var target = SQLTokenReader(SQLTokens(text).tokens[...])
        guard let sequence = target.qualifiedName(), let schema = sequence.schema, target.isAtEnd,
            reader.accept(.comma)
        else { return nil }
        let sign = reader.accept(.symbol(UInt8(ascii: "-"))) ? "-" : ""
        guard case .number(let digits)? = reader.next, let last = Int64(sign + digits) else { return nil }
        reader.skip()
        guard reader.accept(.comma), let isCalled = reader.name(), ["true", "false"].contains(isCalled),
            reader.accept(.close), reader.isAtEnd
        else { return nil }
        self.schema = schema
        name = sequence.name
        self.last = last
        self.isCalled = isCalled == "true"
    }
}
