import Bytes

/// Checks that a plain dump has its last line.
struct PlainCompleteness {
    /// How many bytes at the end of the script are searched for that line.
    private static let tailSize = 64 * 1024

    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check() throws(ArchiveError) -> [Incompleteness] {
        guard dump.compression == .none, let header = dump.plainHeader else { return [] }
        let file = try InputFile(dump.path)
        let start = max(0, file.size - Int64(Self.tailSize))
        let tail = try file.bytes(at: start, count: Self.tailSize)
        let footer = header.isCluster ? PlainMarker.clusterFooter : PlainMarker.footer
        let lines = tail.split(separator: ASCII.newline)
        if lines.contains(where: { $0.elementsEqual(footer) }) { return [] }
        return [
            Incompleteness(
                subject: dump.path.lastComponent?.string ?? dump.path.string,
                problem: "the script does not end with \"\(footer)\": the end of it is missing")
        ]
    }
}
