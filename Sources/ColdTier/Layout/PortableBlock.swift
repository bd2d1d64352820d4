/// A ``ByteBlock`` in two words, for processors whose vector instructions are not used. The result of a comparison has
/// a meaning only as a ``mask``.
struct PortableBlock {
    static let count = 16

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

    /// Sets the highest bit of each byte that is 0, and no other bit.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { ~((word & most) &+ most | word | most) }

    @inline(__always)
    static func == (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(byte)
        return PortableBlock(low: zeros(block.low ^ pattern), high: zeros(block.high ^ pattern))
    }

    /// - Parameter byte: a power of two, not above 128.
    @inline(__always)
    static func < (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(~(byte &- 1))
        return PortableBlock(low: zeros(block.low & pattern), high: zeros(block.high & pattern))
    }

    @inline(__always)
    static func | (one: PortableBlock, other: PortableBlock) -> PortableBlock {
        PortableBlock(low: one.low | other.low, high: one.high | other.high)
    }

    @inline(__always)
    static func | (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(byte)
        return PortableBlock(low: block.low | pattern, high: block.high | pattern)
    }

    /// Gathers one bit per byte: the multiplication moves the bit of byte n to bit 56 + n, and no two bits to the same
    /// place.
    @inline(__always)
    private static func gather(_ word: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: ((word >> 7 & ones) &* 0x0102_0408_1020_4080) >> 56)
    }

    /// The highest bit of each byte; the first byte gives the lowest bit of the result.
    @inline(__always)
    var mask: UInt32 { Self.gather(low) | Self.gather(high) << 8 }
}
