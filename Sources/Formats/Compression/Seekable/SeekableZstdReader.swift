/// Decodes a whole file of ``SeekableZstdWriter`` in order, strictly.
///
///     var reader = try SeekableZstdReader()
///     while let chunk = try read() {
///         try reader.read(chunk) { decoded in … }
///     }
///     let table = try reader.finish()
///
/// Every frame must have a checksum, which is verified; every frame must be what the seek table says; nothing may be
/// missing, and nothing may follow. Where a file has no table within it, whoever has the table compares the two. Bytes are passed on before all of this is known, so they can be trusted only after
/// ``finish()`` has returned. Damage to a header that does not change the contents (such as a larger window) is not
/// noticed here; the file's own digest finds it.
///
/// Memory use is bounded: the frames' window, 128 MiB (2^27) at most even if they claim more, and 28 bytes for each
/// frame. After an error, the reader cannot be used any more.
package struct SeekableZstdReader: ~Copyable, @unchecked Sendable {
    // Sendable: as with `Decompressor`, the decoder never leaves this value, and this value cannot be copied.

    /// How many bytes of the file have been consumed.
    package private(set) var consumed: Int64 = 0

    private enum Place {
        case betweenFrames
        case inFrame
        /// Within the seek table, or after it once its bytes are complete.
        case inTable
    }

    private let withTable: Bool
    private var place = Place.betweenFrames
    private var decoder: FrameDecoder
    private var frames: [SeekTable.Frame] = []
    private var table: [UInt8] = []

    /// - Parameter withTable: the file must end with the seek table; else it must end with a frame.
    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    package init(withTable: Bool = true) throws(DecompressionError) {
        self.withTable = withTable
        decoder = try FrameDecoder()
    }

    /// Takes the next bytes of the file, cut anywhere, and passes on what they decode to, in pieces of at most
    /// ``Decompressor/chunkSize`` bytes that are valid only during the call.
    ///
    /// - Throws: a ``SeekableZstdError``, or what `consumer` throws.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, into consumer: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var rest = bytes
        while let first = rest.first {
            let taken: Int
            switch place {
            case .betweenFrames:
                try start(with: first)
                continue
            case .inFrame:
                let step = try decoder.decode(rest, into: consumer)
                taken = step.taken
                if let frame = step.ended {
                    frames.append(frame)
                    place = .betweenFrames
                }
            case .inTable:
                taken = try collect(rest)
            }
            consumed += Int64(taken)
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        }
    }

    /// Call at the end of the file.
    ///
    /// - Returns: the seek table, which agrees with every frame.
    /// - Throws: ``SeekableZstdError`` when the file ended too early, or its table is wrong. Without a table, it does not
    ///   show that whole frames are missing at the end.
    package mutating func finish() throws(SeekableZstdError) -> SeekTable {
        switch place {
        case .inFrame:
            throw decoder.error(.undecodable(.truncated(.zstd)))
        case .betweenFrames:
            guard !withTable, !frames.isEmpty else { throw .truncated(frames: frames.count, bytes: consumed) }
            return SeekTable(frames)
        case .inTable:
            guard table.count == SeekTable.size(frames: frames.count) else {
                throw .truncated(frames: frames.count, bytes: consumed)
            }
        }
        let said: SeekTable
        do {
            // Its length is that of a table for this number of frames, so it has an entry for each.
            said = try SeekTable(parsing: table)
        } catch {
            throw .table(error)
        }
        for (index, (entry, frame)) in zip(said.frames, frames).enumerated() where entry != frame {
            let offset = SeekTable(frames).range(ofFrame: index).lowerBound
            throw .frame(index, offset: offset, .differs(table: entry, found: frame))
        }
        return said
    }

    /// Looks at the first byte of a frame or of the seek table. The code that reads on checks the other bytes.
    private mutating func start(with byte: UInt8) throws(SeekableZstdError) {
        switch byte {
        case FrameDecoder.magic[0]:
            guard frames.count < SeekTable.maximumFrames else { throw .table(.tooManyFrames(frames.count + 1)) }
            decoder.start(frames.count, at: consumed)
            place = .inFrame
        case UInt8(truncatingIfNeeded: SeekTable.skippableMagic) where withTable:
            place = .inTable
        default:
            throw .noFrame(offset: consumed, frames: frames.count)
        }
    }

    /// Takes bytes of the seek table, whose length follows from the number of frames. Its header is checked as soon as
    /// it is complete, so that another skippable frame is not taken for a table with bytes after it.
    private mutating func collect(_ bytes: UnsafeRawBufferPointer) throws(SeekableZstdError) -> Int {
        let size = SeekTable.size(frames: frames.count)
        guard table.count < size else { throw .trailingBytes(offset: consumed) }
        let wanted = (table.count < SeekTable.headerSize ? SeekTable.headerSize : size) - table.count
        let taken = bytes.prefix(wanted)
        table.append(contentsOf: taken)
        if table.count == SeekTable.headerSize {
            let header = SeekTable.header(frames: frames.count)
            guard table == header else { throw .table(.inconsistent(frames: frames.count)) }
        }
        return taken.count
    }
}
