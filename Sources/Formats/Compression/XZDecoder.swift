import CLzma

/// Decodes xz streams with liblzma, which verifies their checksums.
final class XZDecoder: MemberDecoder {
    /// Bytes of memory, for a dictionary of 128 MiB and the decoder around it; `xz -9` needs 65 MiB.
    private static let memoryLimit: UInt64 = 136 << 20

    private let state = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    private var failure: DecompressionError?

    init() { state.initialize(to: lzma_stream()) }

    deinit {
        lzma_end(state)
        state.deallocate()
    }

    func startMember() {
        let status = lzma_stream_decoder(state, Self.memoryLimit, 0)
        failure = status == LZMA_OK ? nil : Self.error(status)
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep {
        if let failure { throw failure }
        state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_in = input.count
        state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = output.count
        let status = lzma_code(state, LZMA_RUN)
        let step = DecodingStep(
            consumed: input.count - state.pointee.avail_in, produced: output.count - state.pointee.avail_out,
            ended: status == LZMA_STREAM_END)
        // It could do nothing without more input or more room.
        if status == LZMA_BUF_ERROR { return step }
        guard status == LZMA_OK || status == LZMA_STREAM_END else { throw Self.error(status) }
        return step
    }

    private static func error(_ status: lzma_ret) -> DecompressionError {
        switch status {
        case LZMA_MEM_ERROR: .outOfMemory(.xz)
        case LZMA_MEMLIMIT_ERROR: .windowTooLarge(.xz)
        case LZMA_DATA_ERROR: .corrupt(.xz, detail: "a block is not valid, or its checksum does not match its contents")
        case LZMA_OPTIONS_ERROR: .corrupt(.xz, detail: "it asks for a filter that is not known")
        case LZMA_FORMAT_ERROR: .corrupt(.xz, detail: "its header is not valid")
        default: .corrupt(.xz, detail: "decoding it failed with status \(status.rawValue)")
        }
    }
}
