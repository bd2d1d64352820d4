/// How a ``SeekableZstdWriter`` compresses.
package struct SeekableZstdSettings: Sendable, Equatable {
    /// The levels that are allowed. Those above need windows and memory that nobody who reads the file should have to have.
    package static let levels = 1...19
    package static let workerCounts = 0...64
    /// Bytes.
    package static let rowGroupSizes = (64 << 10)...(1 << 30)

    /// zstd's level, of ``levels``.
    package var level: Int
    /// Whether to look for matches in all of a frame instead of in the last half to eight MiB. Costs half of the speed
    /// and as much memory as a row group has, for whoever reads the file too.
    package var longDistanceMatching: Bool
    /// How many threads of libzstd compress; 0 for the caller's own. They share a frame between them, at least 512 KiB
    /// each, and are waited for at its end: several writers, each in a thread of its own, come further.
    package var workers: Int
    /// How many bytes a frame is going to hold, about: it decides how far back matches are looked for.
    package var rowGroupBytes: Int

    package init(
        level: Int = 1, longDistanceMatching: Bool = false, workers: Int = 0, rowGroupBytes: Int = 8 << 20
    ) {
        self.level = level
        self.longDistanceMatching = longDistanceMatching
        self.workers = workers
        self.rowGroupBytes = rowGroupBytes
    }

    /// log2 of how far back a match may lie, in bytes: what a decoder has to keep in memory. 16 to 27.
    ///
    /// Never more than a row group needs, since no match leaves its frame; and without long-distance matching no more
    /// than what zstd itself takes for the level (the first table of zstd's `lib/compress/clevels.h`).
    package var windowLog: Int {
        let rowGroup = Int.bitWidth - (max(rowGroupBytes, 2) - 1).leadingZeroBitCount
        let ofLevel =
            switch level {
            case ...1: 19
            case 2: 20
            case ...8: 21
            case ...15: 22
            default: 23
            }
        return min(rowGroup, longDistanceMatching ? 27 : ofLevel)
    }

    func check() throws(SeekableZstdWriterError) {
        for (name, value, allowed) in [
            ("level", level, Self.levels), ("workers", workers, Self.workerCounts),
            ("rowGroupBytes", rowGroupBytes, Self.rowGroupSizes),
        ] where !allowed.contains(value) {
            throw .setting(name, value: value, allowed: allowed)
        }
    }
}
