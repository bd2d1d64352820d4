import Values

/// Reads a plain dump to its end: decodes it, looks for its closing comment, and counts its rows.
struct PlainReader {
    /// How many bytes at the end of the script are searched for the closing comment.
    private static let tailSize = 64 * 1024

    private let dump: Dump
    private let keys: KeyStore?
    private let wanted: WantedRows

    /// - Parameters:
    ///   - keys: keeps the keys of the rows, which are then looked at; nil to count and hash them alone.
    ///   - wanted: the tables whose rows are also taken by ranges of their key.
    init(_ dump: Dump, keys: KeyStore?, wanted: WantedRows) {
        (self.dump, self.keys, self.wanted) = (dump, keys, wanted)
    }

    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(_ progress: (Int64) throws -> Void) throws -> DumpReading {
        // What is to be looked for stands behind the rows.
        let outline = try keys.map { keys in (try PlainOutline(dump) { try progress($0 / 2) }, keys) }
        var reading = PlainReading(of: dump.name, dump.plainHeader, outline, wanted)
        // Waits for the other thread, so that no work goes on after this function returns, also after an error.
        defer { reading.finishOpenRows() }
        var summary: PlainScriptSummary?
        var tail: [UInt8] = []
        let problem = try dump.readScript { done in
            try progress(keys == nil ? done : dump.bytes / 2 + done / 2)
        } _: { chunk, parts in
            reading.take(parts, of: chunk)
            tail = Array((tail + chunk.suffix(Self.tailSize)).suffix(Self.tailSize))
        } end: {
            summary = $0
        }
        let hasFooter = PlainHeader.lines(of: tail[...]).contains { $0.elementsEqual(PlainMarker.footer.text) }
        return reading.finish(problem, hasFooter: hasFooter, summary)
    }
}
