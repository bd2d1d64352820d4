/// Decodes one member (a gzip member, a zlib stream, a zstd or lz4 frame) at a time.
///
/// A class, since each wraps a C decoder that must be freed once. ``Decompressor`` is its only owner and does what
/// the algorithms have in common: recognising members, truncation, trailing garbage.
protocol MemberDecoder: AnyObject {
    /// Forgets the current member and gets ready for the first byte of another.
    func startMember()

    /// Decodes from `input` into `output`, as far as either reaches, and not beyond the end of the member.
    ///
    /// A decoder may hold decoded bytes back when `output` is full; it gives them at the next call, even with no input.
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
    /// Whether the member ended, with its checksum (if it has one) in order.
    var ended: Bool
    /// How many of the bytes consumed, in this call or before, are behind the end of the member.
    var surplus = 0
}
