import CZstd

/// Decodes zstd frames with libzstd. A frame's checksum is verified where it has one; those of `pg_dump` have none.
final class ZstdDecoder: MemberDecoder {
    /// log2 of the largest window that is decoded, in bytes: what `zstd --long` and `pg_dump -Z zstd:long` use.
    private static let windowLogMaximum: Int32 = 27

    private let context: OpaquePointer

    init() throws(DecompressionError) {
        guard let context = ZSTD_createDCtx() else { throw .outOfMemory(.zstd) }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLogMaximum)
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    func startMember() {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &destination, &source)
        guard ZSTD_isError(result) == 0 else {
            switch ZSTD_getErrorCode(result) {
            case ZSTD_error_frameParameter_windowTooLarge: throw .windowTooLarge(.zstd)
            case ZSTD_error_memory_allocation: throw .outOfMemory(.zstd)
            default: throw .corrupt(.zstd, detail: String(cString: ZSTD_getErrorName(result)))
            }
        }
        return DecodingStep(consumed: source.pos, produced: destination.pos, ended: result == 0)
    }
}
