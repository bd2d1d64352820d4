/// How a ``SeekableZstdWriter`` compresses.
package struct SeekableZstdSettings: Sendable, Equatable {
    /// The allowed levels. A higher level would force everyone who reads the file to have large windows and much
    /// memory.
    package static let levels = 1...19
    package static let workerCounts = 0...64
    /// Bytes.
    package static let rowGroupSizes = (64 << 10)...(1 << 30)

    /// zstd's level, one of ``levels``.
    package var level: Int
    /// Whether to search the last eight MiB of a frame for matches, at every level. It halves the speed.
    package var longDistanceMatching: Bool
    /// How many threads of libzstd compress; 0 for the caller's own thread. They share a frame between them, at least
    /// 512 KiB each, and the writer waits for them at its end: several writers, each in a separate thread, are faster.
    package var workers: Int
    /// About how many bytes a frame will hold. It decides how far back matches are searched.
    package var rowGroupBytes: Int

    package init(
        level: Int = 1, longDistanceMatching: Bool = false, workers: Int = 0, rowGroupBytes: Int = 8 << 20
    ) {
        self.level = level
        self.longDistanceMatching = longDistanceMatching
        self.workers = workers
        self.rowGroupBytes = rowGroupBytes
    }

    /// log2 of the largest distance to a match, in bytes, which is what a decoder must keep in memory: 16 to 23.
    ///
    /// Never more than 8 MiB, the most that every decoder must take (RFC 8878, 3.1.1.1.2) and the most that aircompressor,
    /// which Trino and Athena read with, does take.
    /// Never more than a row group needs, because a match cannot refer to another frame. Without long-distance
    /// matching, also no more than zstd itself uses for the level (the first table of zstd's `lib/compress/clevels.h`).
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
        return min(rowGroup, longDistanceMatching ? 23 : ofLevel)
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
