import CLz4

/// Decodes LZ4 frames with liblz4. Checksums are verified where a frame has them; those of `pg_dump` have none.
final class LZ4Decoder: MemberDecoder {
    private let context: OpaquePointer

    init() throws(DecompressionError) {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0, let context else {
            throw .outOfMemory(.lz4)
        }
        self.context = context
    }

    deinit {
        LZ4F_freeDecompressionContext(context)
    }

    func startMember() {
        LZ4F_resetDecompressionContext(context)
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep {
        var consumed = input.count
        var produced = output.count
        let result = LZ4F_decompress(
            context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
        guard LZ4F_isError(result) == 0 else {
            throw .corrupt(.lz4, detail: String(cString: LZ4F_getErrorName(result)))
        }
        return DecodingStep(consumed: consumed, produced: produced, ended: result == 0)
    }
}
