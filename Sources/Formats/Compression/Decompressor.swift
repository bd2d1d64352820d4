/// A strict, streaming decoder.
///
///     var decompressor = try Decompressor(.zstd)
///     while let chunk = try read() {
///         try decompressor.decompress(chunk) { decoded in … }
///     }
///     try decompressor.finish()
///
/// A stream is one member or more, back to back, as `cat a.gz b.gz` makes them. The end of the input within a member is
/// ``DecompressionError/truncated(_:)``; anything else after a member is
/// ``DecompressionError/trailingGarbage(_:offset:)``, except zeros up to the end of the input where the algorithm's own program takes
/// them as well: tapes, block devices and `dd` fill the last block with them. Memory use is bounded, regardless of how much is decoded: at most
/// 128 MiB of window for zstd and xz, far less for the others.
///
/// After an error, the decompressor cannot be used any more.
package struct Decompressor: ~Copyable, @unchecked Sendable {
    // Sendable: the decoder is made in `init`, never leaves this value, and this value cannot be copied. So only the
    // code that holds the decompressor can reach the decoder.

    /// The most decoded bytes that ``decompress(_:into:)`` passes on at once.
    package static let chunkSize = 256 * 1024

    package let algorithm: CompressionAlgorithm
    /// How many compressed bytes have been consumed.
    package private(set) var consumed: Int64 = 0

    private let decoder: (any MemberDecoder)?
    /// False for a bare zlib stream: its start cannot be recognised, and no second stream may follow it.
    private let hasMagic: Bool
    private var inMember = false
    private var members = 0
    /// The start of a member, held back until its magic is complete: five bytes at most.
    private var magic: [UInt8] = []
    /// Zeros have followed the last member.
    private var isPadded = false
    /// The buffer that ``decompress(_:into:)`` decodes into; allocated when it is first called.
    private var output: UnsafeMutableRawBufferPointer?

    /// Makes a decoder for what `pg_dump` and the command line tools write to files.
    ///
    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    package init(_ algorithm: CompressionAlgorithm) throws(DecompressionError) {
        let decoder: (any MemberDecoder)? =
            switch algorithm {
            case .none: nil
            case .gzip: InflateDecoder(.gzip)
            case .lz4: try LZ4Decoder()
            case .zstd: try ZstdDecoder()
            case .bzip2: Bzip2Decoder()
            case .xz: XZDecoder()
            }
        self.init(algorithm, decoder, hasMagic: true)
    }

    private init(_ algorithm: CompressionAlgorithm, _ decoder: (any MemberDecoder)?, hasMagic: Bool) {
        self.algorithm = algorithm
        self.decoder = decoder
        self.hasMagic = hasMagic
    }

    /// Makes a decoder for one zlib stream (RFC 1950): what the blocks of a custom archive hold when its header says
    /// gzip. Nothing may follow the stream.
    package static func zlibStream() -> Decompressor {
        Decompressor(.gzip, InflateDecoder(.zlib), hasMagic: false)
    }

    deinit {
        output?.deallocate()
    }

    /// Decodes all of `input` and passes on the decoded bytes, in chunks of at most ``chunkSize`` bytes.
    ///
    /// - Throws: a ``DecompressionError``, or what `consumer` throws.
    package mutating func decompress(
        _ input: Span<UInt8>, into consumer: (Span<UInt8>) throws -> Void
    ) throws {
        let output = self.output ?? .allocate(byteCount: Self.chunkSize, alignment: 64)
        self.output = output
        try input.withUnsafeBytes { input in
            var rest = input
            var produced = output.count
            while !rest.isEmpty || produced == output.count {
                let step = try decode(rest, into: output)
                rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
                produced = step.produced
                if produced > 0 {
                    let decoded = UnsafeRawBufferPointer(rebasing: output[..<produced])
                    try decoded.withMemoryRebound(to: UInt8.self) { try consumer($0.span) }
                }
            }
        }
    }

    /// Call at the end of the input.
    ///
    /// - Throws: ``DecompressionError/truncated(_:)`` when the input ended within a member, or had none.
    package mutating func finish() throws(DecompressionError) {
        guard decoder != nil else { return }
        guard !inMember, magic.isEmpty, members > 0 else { throw .truncated(algorithm) }
    }

    /// Decodes as much of `input` as fits into `output`, which must have room for at least one byte. Does the same as
    /// ``decompress(_:into:)`` for a caller that asks for the bytes.
    ///
    /// All bytes are decoded when a call has consumed its whole input and left room in the output.
    ///
    /// - Returns: how many bytes were taken from the start of `input` and how many were written to that of `output`.
    package mutating func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (consumed: Int, produced: Int) {
        var taken = 0
        var produced = 0
        while produced < output.count {
            let rest = UnsafeRawBufferPointer(rebasing: input[taken...])
            let room = UnsafeMutableRawBufferPointer(rebasing: output[produced...])
            guard let decoder else {
                let count = min(rest.count, room.count)
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
                consumed += Int64(count)
                return (count, count)
            }
            guard inMember else {
                guard let byte = rest.first else { break }
                consumed += 1
                taken += 1
                try startMember(decoder, with: byte)
                continue
            }
            let step = try decoder.step(rest, into: room)
            consumed += Int64(step.consumed)
            taken += step.consumed
            produced += step.produced
            if step.ended {
                inMember = false
                members += 1
                guard step.surplus == 0 else {
                    throw .trailingGarbage(algorithm, offset: consumed - Int64(step.surplus))
                }
            } else if step.consumed == 0 && step.produced == 0 {
                guard rest.isEmpty else { throw .corrupt(algorithm, detail: "the decoder makes no progress") }
                break
            }
        }
        return (taken, produced)
    }

    /// Takes a byte that follows a member, or the first byte: it belongs to the magic of the next member, or it is
    /// garbage.
    private mutating func startMember(_ decoder: any MemberDecoder, with byte: UInt8) throws(DecompressionError) {
        if byte == 0, magic.isEmpty, members > 0, hasMagic, algorithm.mayBePadded {
            isPadded = true
            return
        }
        guard !isPadded else { throw .trailingGarbage(algorithm, offset: consumed - 1) }
        magic.append(byte)
        let fit: MagicFit =
            hasMagic ? algorithm.magic(fits: magic, first: members == 0) : members == 0 ? .fits : .differs
        switch fit {
        case .needsMore:
            return
        case .differs:
            guard members > 0 else {
                throw .corrupt(algorithm, detail: "it does not start as \(algorithm.rawValue) does")
            }
            throw .trailingGarbage(algorithm, offset: consumed - Int64(magic.count))
        case .fits:
            decoder.startMember()
            let start = magic
            magic = []
            inMember = true
            try Self.feed(start, to: decoder)
        }
    }

    /// Gives a decoder the magic bytes that were held back. No decoder has output after so few bytes.
    private static func feed(_ magic: [UInt8], to decoder: any MemberDecoder) throws(DecompressionError) {
        try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room throws(DecompressionError) in
            for byte in magic {
                _ = try withUnsafeBytes(of: byte) { byte throws(DecompressionError) in
                    try decoder.step(byte, into: room)
                }
            }
        }
    }
}

extension CompressionAlgorithm {
    /// `gzip`, `bzip2` and `xz` ignore zeros behind the last member; `zstd` and `lz4` end with an error there.
    fileprivate var mayBePadded: Bool { [.gzip, .bzip2, .xz].contains(self) }
}
