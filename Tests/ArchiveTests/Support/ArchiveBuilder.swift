/// Writes custom archives as `pg_dump` does, without compression: of versions that no `pg_dump` here writes, and with
/// contents that none writes today.
struct ArchiveBuilder {
    struct Entry {
        var id: Int
        var kind: String
        var tag: String
        var oid: UInt32 = 0
        var definition = ""
        var copy: String?
        var dependencies: [Int] = []
        var data: Contents?
    }

    enum Contents {
        /// In pieces, as they are written.
        case rows([String])
        case objects([(oid: UInt32, contents: String)])
    }

    var minor: UInt8 = 16
    var entries: [Entry]
    var setsOffsets = true
    /// Whether the blocks come in the reverse order of the entries.
    var isReversed = false

    /// A table and its data.
    static func table(_ name: String, id: Int, _ rows: [[String]]) -> [Entry] {
        [Entry(id: id, kind: "TABLE", tag: name, definition: "CREATE TABLE public.\(name) (\n    i integer\n);\n")]
            + rows.enumerated().map { index, rows in
                Entry(
                    id: id + 1 + index, kind: "TABLE DATA", tag: name, copy: "COPY public.\(name) (i) FROM stdin;\n",
                    dependencies: [id], data: .rows(rows + ["\\.\n", "\n\n"]))
            }
    }

    static let encoding = Entry(id: 1, kind: "ENCODING", tag: "ENCODING", definition: "SET client_encoding = 'UTF8';\n")

    var bytes: [UInt8] {
        let contents = tableOfContents([:])
        var offsets: [Int: Int] = [:]
        var blocks: [UInt8] = []
        for entry in isReversed ? entries.reversed() : entries {
            guard let data = entry.data else { continue }
            offsets[entry.id] = contents.count + blocks.count
            blocks += Self.block(entry.id, data)
        }
        return tableOfContents(offsets) + blocks
    }

    private func tableOfContents(_ offsets: [Int: Int]) -> [UInt8] {
        var bytes = Array("PGDMP".utf8) + [1, minor, 0, 4, 8, 1]
        bytes += minor >= 15 ? [0] : Self.int(0)
        for part in [1, 2, 3, 4, 5, 126, 0] { bytes += Self.int(part) }
        for text in ["built", "15.20", "15.20"] { bytes += Self.string(text) }
        bytes += Self.int(entries.count)
        for entry in entries { bytes += self.entry(entry, offset: offsets[entry.id]) }
        return bytes
    }

    private func entry(_ entry: Entry, offset: Int?) -> [UInt8] {
        var bytes = Self.int(entry.id) + Self.int(entry.data == nil ? 0 : 1)
        for text in ["0", "\(entry.oid)", entry.tag, entry.kind] { bytes += Self.string(text) }
        bytes += Self.int(entry.data == nil ? 2 : 3)
        for text in [entry.definition, "", entry.copy, "public", ""] { bytes += Self.string(text) }
        if minor >= 14 { bytes += Self.string("") }
        if minor >= 16 { bytes += Self.int(0) }
        for text in ["postgres", "false"] + entry.dependencies.map({ "\($0)" }) + [nil] { bytes += Self.string(text) }
        let state: UInt8 = entry.data == nil ? 3 : setsOffsets ? 2 : 1
        let place = UInt64(setsOffsets ? offset ?? 0 : 0)
        return bytes + [state] + (0..<8).map { UInt8(truncatingIfNeeded: place >> (8 * UInt64($0))) }
    }

    static func block(_ id: Int, _ data: Contents) -> [UInt8] {
        switch data {
        case .rows(let pieces): [1] + int(id) + chunks(pieces)
        case .objects(let objects):
            [3] + int(id)
                + objects.flatMap {
                    int(Int(Int32(bitPattern: $0.oid))) + chunks($0.contents.isEmpty ? [] : [$0.contents])
                }
                + int(0)
        }
    }

    private static func chunks(_ pieces: [String]) -> [UInt8] {
        pieces.flatMap { int($0.utf8.count) + Array($0.utf8) } + int(0)
    }

    private static func int(_ value: Int) -> [UInt8] {
        [value < 0 ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: value.magnitude >> (8 * UInt($0))) }
    }

    private static func string(_ text: String?) -> [UInt8] {
        text.map { int($0.utf8.count) + Array($0.utf8) } ?? int(-1)
    }
}
