/// Decodes the frames that ``SeekableZstdWriter`` writes, one after the other, and records their real sizes and
/// checksums.
struct FrameDecoder: ~Copyable {
    /// Bits of a frame header's descriptor (RFC 8878, 3.1.1.1.1).
    private enum Descriptor {
        static let checksum: UInt8 = 0x04
        /// The unused bit, the reserved bit and the bits of the dictionary: the writer sets none of them.
        static let foreign: UInt8 = 0x1B
    }

    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let decoder: ZstdDecoder
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Decompressor.chunkSize, alignment: 64)
    private var index = 0
    private var offset: Int64 = 0
    private var compressed: Int64 = 0
    private var decompressed: Int64 = 0
    private var tail = LastFourBytes()

    init() throws(DecompressionError) {
        decoder = try ZstdDecoder()
    }

    deinit {
        output.deallocate()
    }

    /// Gets ready for the first byte of a frame.
    /// - Parameters:
    ///   - index: the number of the frame, from 0.
    ///   - offset: where it starts, in bytes from the start of the file.
    mutating func start(_ index: Int, at offset: Int64) {
        decoder.startMember()
        self.index = index
        self.offset = offset
        compressed = 0
        decompressed = 0
    }

    /// Decodes all of `input`, or the part of it that belongs to the current frame.
    ///
    /// - Parameter consumer: takes the decoded bytes, in pieces of at most ``Decompressor/chunkSize`` bytes.
    /// - Returns: how many bytes were consumed, and, when the frame ended with the right checksum, its sizes and its
    ///   checksum.
    /// - Throws: a ``SeekableZstdError``, or what `consumer` throws.
    mutating func decode(
        _ input: UnsafeRawBufferPointer, into consumer: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> (taken: Int, ended: SeekTable.Frame?) {
        var taken = 0
        // When the output is full, the decoder may still hold decoded bytes.
        var full = false
        while taken < input.count || full {
            let step: DecodingStep
            do {
                step = try self.step(UnsafeRawBufferPointer(rebasing: input[taken...]))
            } catch {
                throw self.error(error)
            }
            taken += step.consumed
            full = step.produced == output.count
            if step.produced > 0 {
                try consumer(UnsafeRawBufferPointer(rebasing: output[..<step.produced]))
            }
            if step.ended {
                let frame = SeekTable.Frame(
                    compressedSize: UInt32(compressed), decompressedSize: UInt32(decompressed), checksum: tail.value)
                return (taken, frame)
            }
        }
        return (taken, nil)
    }

    /// Adds the number and the offset of the current frame to an error.
    func error(_ error: FrameError) -> SeekableZstdError {
        .frame(index, offset: offset, error)
    }

    private mutating func step(_ input: UnsafeRawBufferPointer) throws(FrameError) -> DecodingStep {
        try checkHeader(input)
        let step: DecodingStep
        do {
            step = try decoder.step(input, into: output)
        } catch {
            throw .undecodable(error)
        }
        guard step.consumed > 0 || step.produced > 0 || step.ended || input.isEmpty else {
            throw .undecodable(.corrupt(.zstd, detail: "the decoder makes no progress"))
        }
        compressed += Int64(step.consumed)
        decompressed += Int64(step.produced)
        tail.append(UnsafeRawBufferPointer(rebasing: input[..<step.consumed]))
        guard decompressed <= Int64(UInt32.max) else { throw .holdsMore(than: .max) }
        // Empty blocks could go on for ever.
        guard compressed <= Int64(UInt32.max) else { throw .larger(than: .max) }
        return step
    }

    /// Checks the bytes of `input` that belong to the magic, or to the descriptor after it.
    private func checkHeader(_ input: UnsafeRawBufferPointer) throws(FrameError) {
        guard compressed <= Self.magic.count else { return }
        for (position, byte) in zip(Int(compressed)..., input.prefix(Self.magic.count + 1 - Int(compressed))) {
            if position < Self.magic.count {
                guard byte == Self.magic[position] else { throw .noMagic }
            } else {
                guard byte & Descriptor.foreign == 0 else { throw .unknownHeader }
                guard byte & Descriptor.checksum != 0 else { throw .noChecksum }
            }
        }
    }
}
