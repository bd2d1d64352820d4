import CBzip2

/// Decodes bzip2 streams with libbz2, which verifies the checksum of each block and of the stream. It takes 4 MiB at most.
final class Bzip2Decoder: MemberDecoder {
    private let state = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private var isReady = false
    private var failure: DecompressionError?

    init() { state.initialize(to: bz_stream()) }

    deinit {
        end()
        state.deallocate()
    }

    private func end() {
        if isReady { BZ2_bzDecompressEnd(state) }
        isReady = false
    }

    func startMember() {
        end()
        state.initialize(to: bz_stream())
        let status = BZ2_bzDecompressInit(state, 0, 0)
        isReady = status == BZ_OK
        failure = isReady ? nil : Self.error(status)
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep {
        if let failure { throw failure }
        let inputCount = UInt32(clamping: input.count)
        let outputCount = UInt32(clamping: output.count)
        // libbz2 takes a mutable pointer and does not write through it.
        state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        state.pointee.avail_in = inputCount
        state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        state.pointee.avail_out = outputCount
        let status = BZ2_bzDecompress(state)
        guard status == BZ_OK || status == BZ_STREAM_END else { throw Self.error(status) }
        return DecodingStep(
            consumed: Int(inputCount - state.pointee.avail_in), produced: Int(outputCount - state.pointee.avail_out),
            ended: status == BZ_STREAM_END)
    }

    private static func error(_ status: Int32) -> DecompressionError {
        switch status {
        case BZ_MEM_ERROR: .outOfMemory(.bzip2)
        case BZ_DATA_ERROR:
            .corrupt(.bzip2, detail: "a block is not valid, or its checksum does not match its contents")
        case BZ_DATA_ERROR_MAGIC: .corrupt(.bzip2, detail: "a block does not start as blocks do")
        default: .corrupt(.bzip2, detail: "decoding it failed with status \(status)")
        }
    }
}
