/// Decodes one member (a gzip member, a zlib stream, a zstd or lz4 frame) at a time.
///
/// A class, because each decoder wraps a C decoder that must be freed once. ``Decompressor`` does what the algorithms
/// have in common: recognising members, truncation, trailing garbage.
protocol MemberDecoder: AnyObject {
    /// Forgets the current member and gets ready for the first byte of another.
    func startMember()

    /// Decodes from `input` into `output`, until one of them is used up or the member ends.
    ///
    /// A decoder may hold decoded bytes back when `output` is full; it writes them at the next call, even with no
    /// input.
    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep
}

/// What one call of a decoder did.
struct DecodingStep {
    /// Bytes of input it will not need again.
    var consumed: Int
    /// Bytes it wrote to the start of the output.
    var produced: Int
    /// Whether the member ended, and its checksum (if it has one) is right.
    var ended: Bool
    /// How many of the bytes that were consumed, in this call or before, come after the end of the member.
    var surplus = 0
}
