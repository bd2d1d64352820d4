#if arch(x86_64)
    // SSE2, which every x86-64 has. Swift's own SIMD16<UInt8> compares byte by byte (6.3), and has no mask of bits.
    import _Builtin_intrinsics.intel
#endif

/// 16 bytes that are looked at together. Comparisons make blocks whose bytes are all ones or all zeros.
struct ByteBlock {
    static let count = 16

    #if arch(x86_64)
        private let bytes: __m128i

        @inline(__always)
        private init(bytes: __m128i) { self.bytes = bytes }

        @inline(__always)
        init(_ pointer: UnsafeRawPointer) { bytes = pointer.loadUnaligned(as: __m128i.self) }

        @inline(__always)
        func store(_ pointer: UnsafeMutableRawPointer) { pointer.storeBytes(of: bytes, as: __m128i.self) }

        @inline(__always)
        static func == (block: ByteBlock, byte: UInt8) -> ByteBlock {
            ByteBlock(bytes: _mm_cmpeq_epi8(block.bytes, _mm_set1_epi8(CChar(bitPattern: byte))))
        }

        /// - Parameter byte: not 0.
        @inline(__always)
        static func < (block: ByteBlock, byte: UInt8) -> ByteBlock {
            let largest = _mm_set1_epi8(CChar(bitPattern: byte &- 1))
            return ByteBlock(bytes: _mm_cmpeq_epi8(_mm_min_epu8(block.bytes, largest), block.bytes))
        }

        @inline(__always)
        static func | (one: ByteBlock, other: ByteBlock) -> ByteBlock {
            ByteBlock(bytes: _mm_or_si128(one.bytes, other.bytes))
        }

        /// The highest bit of each byte; the first byte's is the lowest.
        @inline(__always)
        var mask: UInt32 { UInt32(bitPattern: _mm_movemask_epi8(bytes)) }
    #else
        private let low: UInt64
        private let high: UInt64

        @inline(__always)
        private init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }

        @inline(__always)
        init(_ pointer: UnsafeRawPointer) {
            low = UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
            high = UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }

        @inline(__always)
        func store(_ pointer: UnsafeMutableRawPointer) {
            pointer.storeBytes(of: low.littleEndian, as: UInt64.self)
            pointer.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
        }

        private static let ones: UInt64 = 0x0101_0101_0101_0101
        private static let most: UInt64 = 0x7f7f_7f7f_7f7f_7f7f

        /// The highest bit of each byte that is 0, and no other bit.
        @inline(__always)
        private static func zeros(_ word: UInt64) -> UInt64 { ~((word & most) &+ most | word | most) }

        @inline(__always)
        static func == (block: ByteBlock, byte: UInt8) -> ByteBlock {
            let pattern = ones &* UInt64(byte)
            return ByteBlock(low: zeros(block.low ^ pattern), high: zeros(block.high ^ pattern))
        }

        /// - Parameter byte: a power of two, not above 128.
        @inline(__always)
        static func < (block: ByteBlock, byte: UInt8) -> ByteBlock {
            let pattern = ones &* UInt64(~(byte &- 1))
            return ByteBlock(low: zeros(block.low & pattern), high: zeros(block.high & pattern))
        }

        @inline(__always)
        static func | (one: ByteBlock, other: ByteBlock) -> ByteBlock {
            ByteBlock(low: one.low | other.low, high: one.high | other.high)
        }

        @inline(__always)
        private static func gather(_ word: UInt64) -> UInt32 {
            UInt32(truncatingIfNeeded: (word >> 7 & ones) &* 0x0102_0408_1020_4080 >> 56)
        }

        /// The highest bit of each byte; the first byte's is the lowest.
        @inline(__always)
        var mask: UInt32 { Self.gather(low) | Self.gather(high) << 8 }
    #endif
}
