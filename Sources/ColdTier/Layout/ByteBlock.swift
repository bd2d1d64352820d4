#if arch(x86_64)
    // SSE2, which every x86-64 has. Swift's own SIMD16<UInt8> compares byte by byte (6.3), and has no mask of bits.
    import _Builtin_intrinsics.intel

    /// 16 bytes that are compared together. A comparison gives a block in which each byte is all ones (true) or all
    /// zeros (false).
    struct ByteBlock {
        static let count = 16

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

        @inline(__always)
        static func | (block: ByteBlock, byte: UInt8) -> ByteBlock {
            ByteBlock(bytes: _mm_or_si128(block.bytes, _mm_set1_epi8(CChar(bitPattern: byte))))
        }

        /// The highest bit of each byte; the first byte gives the lowest bit of the result.
        @inline(__always)
        var mask: UInt32 { UInt32(bitPattern: _mm_movemask_epi8(bytes)) }
    }
#else
    typealias ByteBlock = PortableBlock
#endif
