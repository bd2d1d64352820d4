/// Compresses a stream into frames, each of which can be decoded without the others, and says where they are
/// (``SeekTable``). Any zstd decoder reads the whole file.
///
///     var writer = try SeekableZstdWriter(settings)
///     for each row group {
///         try writer.write(bytes, to: file)       // as often as it comes
///         try writer.endFrame(to: file)
///     }
///     let table = try writer.finish(to: file)
///
/// Every frame has a checksum. Memory use is bounded: the window (``SeekableZstdSettings/windowLog``), libzstd's tables
/// and 12 bytes for each frame. After an error, the writer cannot be used any more, and the bytes that it has written
/// are not a valid file.
package struct SeekableZstdWriter: ~Copyable, @unchecked Sendable {
    // Sendable: the encoder is made in `init`, never leaves this value, and this value cannot be copied. So only the
    // code that holds the writer can reach the encoder.

    /// The bytes that were written since the last frame ended, counted before compression.
    package private(set) var frameBytes: Int64 = 0
    /// The bytes that were passed to the sinks in total.
    package private(set) var compressedBytes: Int64 = 0

    private let encoder: ZstdEncoder
    private let limits: Limits
    private var frames: [SeekTable.Frame] = []
    private var frameStart: Int64 = 0
    private var tail = LastFourBytes()
    private var finished = false

    /// The limits of a seek table; smaller in tests.
    struct Limits {
        var frameBytes = Int64(UInt32.max)
        var frames = SeekTable.maximumFrames
    }

    /// - Throws: ``SeekableZstdWriterError`` when a setting is out of its range or memory is short.
    package init(_ settings: SeekableZstdSettings = SeekableZstdSettings()) throws(SeekableZstdWriterError) {
        try self.init(settings, limits: Limits())
    }

    init(_ settings: SeekableZstdSettings, limits: Limits) throws(SeekableZstdWriterError) {
        encoder = try ZstdEncoder(settings)
        self.limits = limits
    }

    /// Compresses bytes into the current frame, and passes on the compressed bytes that are ready, if any.
    ///
    /// - Throws: ``SeekableZstdWriterError``; what `sink` throws.
    package mutating func write(
        _ bytes: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        precondition(!finished, "the file is finished")
        guard frameBytes + Int64(bytes.count) <= limits.frameBytes else {
            throw SeekableZstdWriterError.frameTooLarge(frame: frames.count, limit: limits.frameBytes)
        }
        frameBytes += Int64(bytes.count)
        try encoder.write(bytes) { compressed in
            take(compressed)
            try sink(compressed)
        }
    }

    /// Ends the current frame. Does nothing when the frame has no bytes.
    ///
    /// - Throws: ``SeekableZstdWriterError``; what `sink` throws.
    package mutating func endFrame(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard frameBytes > 0 else { return }
        try end(to: sink)
    }

    /// Ends the current frame. A file without any bytes gets one empty frame, so that a program that looks at its magic
    /// sees that it is zstd.
    ///
    /// - Parameter withTable: writes the seek table behind the frames. Some decoders refuse it.
    /// - Returns: the table.
    /// - Throws: ``SeekableZstdWriterError``; what `sink` throws.
    package mutating func finish(
        withTable: Bool = true, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> SeekTable {
        precondition(!finished, "the file is finished")
        if frameBytes > 0 || frames.isEmpty {
            try end(to: sink)
        }
        finished = true
        let table = SeekTable(frames)
        guard withTable else { return table }
        let encoded = table.encoded
        compressedBytes += Int64(encoded.count)
        try encoded.withUnsafeBytes(sink)
        return table
    }

    private mutating func end(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard frames.count < limits.frames else {
            throw SeekableZstdWriterError.tooManyFrames(limit: limits.frames)
        }
        try encoder.endFrame { compressed in
            take(compressed)
            try sink(compressed)
        }
        guard let size = UInt32(exactly: compressedBytes - frameStart) else {
            throw SeekableZstdWriterError.frameTooLarge(frame: frames.count, limit: limits.frameBytes)
        }
        frames.append(
            SeekTable.Frame(compressedSize: size, decompressedSize: UInt32(frameBytes), checksum: tail.value))
        frameStart = compressedBytes
        frameBytes = 0
    }

    private mutating func take(_ compressed: UnsafeRawBufferPointer) {
        compressedBytes += Int64(compressed.count)
        tail.append(compressed)
    }
}

/// Remembers the last four bytes of a stream: the checksum of a frame.
struct LastFourBytes {
    /// As a little-endian number.
    private(set) var value: UInt32 = 0

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes.suffix(4) {
            value = value >> 8 | UInt32(byte) << 24
        }
    }
}
