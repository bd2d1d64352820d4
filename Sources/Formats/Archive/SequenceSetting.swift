/// How a dump sets a sequence.
package struct SequenceSetting: Sendable, Equatable {
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
}
