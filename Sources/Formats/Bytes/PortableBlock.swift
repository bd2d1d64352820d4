/// A ``ByteBlock`` in two words, for processors whose vector instructions are not used. The result of a comparison has
/// a meaning only as a ``mask``.
@frozen
public struct PortableBlock {
    /// Bytes in a block.
    @inlinable @inline(__always) public static var count: Int { 16 }

    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64

    @inlinable @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The 16 bytes at a place.
    @inlinable @inline(__always)
    public init(_ pointer: UnsafeRawPointer) {
        low = UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
        high = UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// Writes the 16 bytes to a place.
    @inlinable @inline(__always)
    public func store(_ pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: low.littleEndian, as: UInt64.self)
        pointer.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
    }

    @inlinable @inline(__always) static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inlinable @inline(__always) static var most: UInt64 { 0x7f7f_7f7f_7f7f_7f7f }

    /// Sets the highest bit of each byte that is 0, and no other bit.
    @inlinable @inline(__always)
    static func zeros(_ word: UInt64) -> UInt64 { ~((word & most) &+ most | word | most) }

    /// All ones where a byte equals `byte`.
    @inlinable @inline(__always)
    public static func == (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(byte)
        return PortableBlock(low: zeros(block.low ^ pattern), high: zeros(block.high ^ pattern))
    }

    /// - Parameter byte: a power of two, not above 128.
    @inlinable @inline(__always)
    public static func < (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(~(byte &- 1))
        return PortableBlock(low: zeros(block.low & pattern), high: zeros(block.high & pattern))
    }

    /// The bits of both.
    @inlinable @inline(__always)
    public static func | (one: PortableBlock, other: PortableBlock) -> PortableBlock {
        PortableBlock(low: one.low | other.low, high: one.high | other.high)
    }

    /// The bits of both.
    @inlinable @inline(__always)
    public static func | (block: PortableBlock, byte: UInt8) -> PortableBlock {
        let pattern = ones &* UInt64(byte)
        return PortableBlock(low: block.low | pattern, high: block.high | pattern)
    }

    /// Gathers one bit per byte: the multiplication moves the bit of byte n to bit 56 + n, and no two bits to the same
    /// place.
    @inlinable @inline(__always)
    static func gather(_ word: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: ((word >> 7 & ones) &* 0x0102_0408_1020_4080) >> 56)
    }

    /// The highest bit of each byte; the first byte gives the lowest bit of the result.
    @inlinable @inline(__always)
    public var mask: UInt32 { Self.gather(low) | Self.gather(high) << 8 }
}
