import CIsal

/// Inflates gzip members and zlib streams with ISA-L, and verifies their checksums (CRC-32 and length, Adler-32).
final class InflateDecoder: MemberDecoder {
    enum Wrapper {
        case gzip
        case zlib
    }

    private let wrapper: Wrapper
    private let state: UnsafeMutablePointer<inflate_state>

    init(_ wrapper: Wrapper) {
        self.wrapper = wrapper
        state = .allocate(capacity: 1)
        isal_inflate_init(state)
        startMember()
    }

    deinit {
        state.deallocate()
    }

    func startMember() {
        isal_inflate_reset(state)
        state.pointee.crc_flag = UInt32(wrapper == .gzip ? ISAL_GZIP : ISAL_ZLIB)
    }

    func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> DecodingStep {
        let inputCount = UInt32(clamping: input.count)
        let outputCount = UInt32(clamping: output.count)
        // ISA-L takes a mutable pointer and does not write through it.
        state.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = inputCount
        state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = outputCount
        let status = isal_inflate(state)
        guard status >= ISAL_DECOMP_OK, status != ISAL_NEED_DICT else {
            throw .corrupt(.gzip, detail: Self.describe(status))
        }
        let ended = state.pointee.block_state == ISAL_BLOCK_FINISH
        return DecodingStep(
            consumed: Int(inputCount - state.pointee.avail_in),
            produced: Int(outputCount - state.pointee.avail_out),
            ended: ended,
            // ISA-L reads eight bytes ahead. That is no more than the trailer of gzip, but four more than that of zlib.
            surplus: ended ? Int(state.pointee.read_in_length / 8) : 0)
    }

    private static func describe(_ status: Int32) -> String {
        switch status {
        case ISAL_INVALID_BLOCK: "a deflate block is not valid"
        case ISAL_INVALID_SYMBOL: "a deflate symbol is not valid"
        case ISAL_INVALID_LOOKBACK: "a match points to before the start of the data"
        case ISAL_INVALID_WRAPPER: "its header is not valid"
        case ISAL_UNSUPPORTED_METHOD: "its header names a method other than deflate"
        case ISAL_INCORRECT_CHECKSUM: "its checksum does not match its contents"
        case ISAL_NEED_DICT: "it needs a dictionary"
        default: "inflating it failed with status \(status)"
        }
    }
}
