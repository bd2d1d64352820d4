/// Decodes a whole file of ``SeekableZstdWriter`` in order, strictly.
///
///     var reader = try SeekableZstdReader()
///     while let chunk = try read() {
///         try reader.read(chunk) { decoded in … }
///     }
///     let table = try reader.finish()
///
/// Every frame must have a checksum, which is verified; what the frames really are must be what the seek table says; and
/// nothing may be missing or follow. Bytes are handed over before all of that is known, and count only once
/// ``finish()`` has returned. What a damaged header says besides (a larger window, say) is no lie about the contents and
/// goes unnoticed here; the file's own digest is for that.
///
/// Memory is flat: the frames' window, 128 MiB (2^27) at most, whatever they claim, and 28 bytes for each frame. After an
/// error the reader is spent.
package struct SeekableZstdReader: ~Copyable, @unchecked Sendable {
    // Sendable: as with `Decompressor`, the decoder never leaves this value, and this value cannot be copied.

    /// How many bytes of the file have been taken in.
    package private(set) var consumed: Int64 = 0

    private enum Place {
        case betweenFrames
        case inFrame
        /// Within the seek table, or behind it once its bytes are complete.
        case inTable
    }

    private var place = Place.betweenFrames
    private var decoder: FrameDecoder
    private var frames: [SeekTable.Frame] = []
    private var table: [UInt8] = []

    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    package init() throws(DecompressionError) {
        decoder = try FrameDecoder()
    }

    /// Takes the next bytes of the file, cut anywhere, and hands over what they decode to, in pieces of at most
    /// ``Decompressor/chunkSize`` bytes that are only good during the call.
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

    /// Says that the file has come to its end.
    ///
    /// - Returns: the seek table, which is right about every frame.
    /// - Throws: ``SeekableZstdError`` when the file ended too early, or its table is wrong.
    package mutating func finish() throws(SeekableZstdError) -> SeekTable {
        switch place {
        case .inFrame:
            throw decoder.error(.undecodable(.truncated(.zstd)))
        case .betweenFrames:
            throw .truncated(frames: frames.count, bytes: consumed)
        case .inTable:
            guard table.count == SeekTable.size(frames: frames.count) else {
                throw .truncated(frames: frames.count, bytes: consumed)
            }
        }
        let said: SeekTable
        do {
            // It is as long as so many frames make it, so it has as many.
            said = try SeekTable(table)
        } catch {
            throw .table(error)
        }
        for (index, (entry, frame)) in zip(said.frames, frames).enumerated() where entry != frame {
            let offset = SeekTable(frames).range(ofFrame: index).lowerBound
            throw .frame(index, offset: offset, .differs(table: entry, found: frame))
        }
        return said
    }

    /// Looks at the first byte of a frame or of the seek table; whoever reads on compares the others.
    private mutating func start(with byte: UInt8) throws(SeekableZstdError) {
        switch byte {
        case FrameDecoder.magic[0]:
            guard frames.count < SeekTable.maximumFrames else { throw .table(.tooManyFrames(frames.count + 1)) }
            decoder.start(frames.count, at: consumed)
            place = .inFrame
        case UInt8(truncatingIfNeeded: SeekTable.skippableMagic):
            place = .inTable
        default:
            throw .noFrame(offset: consumed, frames: frames.count)
        }
    }

    /// Takes bytes of the seek table, which is as long as so many frames make it. That its header agrees is seen at once,
    /// so that another skippable frame is told apart from a table with something behind it.
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
