#if arch(x86_64)
    // SSE2, which every x86-64 has. Swift's own SIMD16<UInt8> compares byte by byte (6.3), and has no mask of bits.
    import CIntrinsics

    /// 16 bytes that are compared together. A comparison gives a block in which each byte is all ones (true) or all
    /// zeros (false).
    @frozen
    public struct ByteBlock {
        /// Bytes in a block.
        @inlinable @inline(__always) public static var count: Int { 16 }

        @usableFromInline let bytes: __m128i

        @inlinable @inline(__always)
        init(bytes: __m128i) { self.bytes = bytes }

        /// The 16 bytes at a place.
        @inlinable @inline(__always)
        public init(_ pointer: UnsafeRawPointer) { bytes = pointer.loadUnaligned(as: __m128i.self) }

        /// Writes the 16 bytes to a place.
        @inlinable @inline(__always)
        public func store(_ pointer: UnsafeMutableRawPointer) { pointer.storeBytes(of: bytes, as: __m128i.self) }

        /// All ones where a byte equals `byte`.
        @inlinable @inline(__always)
        public static func == (block: ByteBlock, byte: UInt8) -> ByteBlock {
            ByteBlock(bytes: _mm_cmpeq_epi8(block.bytes, _mm_set1_epi8(CChar(bitPattern: byte))))
        }

        /// - Parameter byte: not 0.
        @inlinable @inline(__always)
        public static func < (block: ByteBlock, byte: UInt8) -> ByteBlock {
            let largest = _mm_set1_epi8(CChar(bitPattern: byte &- 1))
            return ByteBlock(bytes: _mm_cmpeq_epi8(_mm_min_epu8(block.bytes, largest), block.bytes))
        }

        /// The bits of both.
        @inlinable @inline(__always)
        public static func | (one: ByteBlock, other: ByteBlock) -> ByteBlock {
            ByteBlock(bytes: _mm_or_si128(one.bytes, other.bytes))
        }

        /// The bits of both.
        @inlinable @inline(__always)
        public static func | (block: ByteBlock, byte: UInt8) -> ByteBlock {
            ByteBlock(bytes: _mm_or_si128(block.bytes, _mm_set1_epi8(CChar(bitPattern: byte))))
        }

        /// The highest bit of each byte; the first byte gives the lowest bit of the result.
        @inlinable @inline(__always)
        public var mask: UInt32 { UInt32(bitPattern: _mm_movemask_epi8(bytes)) }
    }
#else
    /// On other processors.
    public typealias ByteBlock = PortableBlock
#endif
