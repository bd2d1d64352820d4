/// The entries of a table of contents by their ``ArchiveEntry/dumpID``. An entry is large, so none is copied for this.
package struct EntriesByID: Sendable {
    private let entries: [ArchiveEntry]
    private let places: [Int32: Int]

    init(_ entries: [ArchiveEntry]) {
        self.entries = entries
        places = Dictionary(uniqueKeysWithValues: entries.indices.lazy.map { (entries[$0].dumpID, $0) })
    }

    package subscript(id: Int32) -> ArchiveEntry? { places[id].map { entries[$0] } }
}

extension TableOfContents {
    package var entriesByID: EntriesByID { EntriesByID(entries) }
}
