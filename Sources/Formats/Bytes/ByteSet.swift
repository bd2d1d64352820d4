import Glibc

/// Bytes that a loop must handle one by one, among many bytes that it only copies.
public protocol ByteSet {
    /// All ones where a byte belongs to the set.
    static func find(in block: ByteBlock) -> ByteBlock
    /// Whether a byte belongs to the set.
    static func contains(_ byte: UInt8) -> Bool
}

/// The bytes that need special treatment in CSV and JSON strings, and in the COPY text that is converted to them.
public enum Quoted: ByteSet {
    /// All ones where a byte belongs to the set.
    @inlinable @inline(__always)
    public static func find(in block: ByteBlock) -> ByteBlock {
        (block == ASCII.quote) | (block == ASCII.backslash) | (block < ASCII.space)
    }

    /// Whether a byte belongs to the set.
    @inlinable @inline(__always)
    public static func contains(_ byte: UInt8) -> Bool {
        byte == ASCII.quote || byte == ASCII.backslash || byte < ASCII.space
    }
}

/// What the text of COPY treats apart.
public enum Escaped: ByteSet {
    /// All ones where a byte belongs to the set.
    @inlinable @inline(__always)
    public static func find(in block: ByteBlock) -> ByteBlock { (block == ASCII.backslash) | (block < ASCII.space) }

    /// Whether a byte belongs to the set.
    @inlinable @inline(__always)
    public static func contains(_ byte: UInt8) -> Bool { byte == ASCII.backslash || byte < ASCII.space }
}

extension ByteSet {
    /// Copies up to the first byte of the set, or to the end. Both pointers end behind the copied bytes.
    /// - Parameter output: up to 15 bytes behind the copied bytes are also overwritten.
    @inlinable @inline(__always)
    public static func copyOthers(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, to output: inout UnsafeMutableRawPointer
    ) {
        while end - input >= ByteBlock.count {
            let block = ByteBlock(input)
            block.store(output)
            let mask = find(in: block).mask
            if mask != 0 {
                let count = mask.trailingZeroBitCount
                input += count
                output += count
                return
            }
            input += ByteBlock.count
            output += ByteBlock.count
        }
        while input < end {
            let byte = input.load(as: UInt8.self)
            if contains(byte) { return }
            output.storeBytes(of: byte, as: UInt8.self)
            input += 1
            output += 1
        }
    }

    /// Moves to the first byte of the set, or to the end.
    @inlinable @inline(__always)
    public static func skipOthers(_ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
        while end - input >= ByteBlock.count {
            let mask = find(in: ByteBlock(input)).mask
            if mask != 0 {
                input += mask.trailingZeroBitCount
                return
            }
            input += ByteBlock.count
        }
        while input < end, !contains(input.load(as: UInt8.self)) { input += 1 }
    }
}

extension UnsafeMutableRawPointer {
    /// Stores a byte and moves behind it.
    @inlinable @inline(__always)
    public mutating func put(_ byte: UInt8) {
        storeBytes(of: byte, as: UInt8.self)
        self += 1
    }

    /// Stores two bytes and moves behind them.
    @inlinable @inline(__always)
    public mutating func put(_ first: UInt8, _ second: UInt8) {
        storeBytes(of: first, as: UInt8.self)
        storeBytes(of: second, toByteOffset: 1, as: UInt8.self)
        self += 2
    }

    /// Stores these and moves behind them.
    @inlinable @inline(__always)
    public mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        copyMemory(from: source, byteCount: bytes.count)
        self += bytes.count
    }

    /// Stores these and moves behind them.
    @inlinable @inline(__always)
    public mutating func put(_ text: StaticString) {
        copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        self += text.utf8CodeUnitCount
    }
}

extension UnsafeRawPointer {
    /// True if the bytes at this pointer equal `bytes`. At least `bytes.count` bytes must be readable here.
    @inlinable @inline(__always)
    public func equals(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let other = bytes.baseAddress else { return true }
        return memcmp(self, other, bytes.count) == 0
    }

    /// The byte there; nil at the end.
    @inlinable @inline(__always)
    public func byte(before end: UnsafeRawPointer) -> UInt8? { self < end ? load(as: UInt8.self) : nil }

    /// Moves behind a text if the text begins at this pointer.
    @inlinable @inline(__always)
    public mutating func take(_ text: StaticString, before end: UnsafeRawPointer) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - self >= count else { return false }
        for index in 0..<count where load(fromByteOffset: index, as: UInt8.self) != text.utf8Start[index] {
            return false
        }
        self += count
        return true
    }

    /// True if a NULL field of a canonical row begins here.
    @inlinable @inline(__always)
    public func isNull(before end: UnsafeRawPointer) -> Bool {
        guard end - self >= 2, load(as: UInt8.self) == UInt8(ascii: "\\"),
            load(fromByteOffset: 1, as: UInt8.self) == UInt8(ascii: "N")
        else { return false }
        return end - self == 2 || load(fromByteOffset: 2, as: UInt8.self) == UInt8(ascii: "\t")
    }
}

extension UnsafeRawBufferPointer {
    /// Start and end of the buffer. An empty buffer gets an arbitrary address, from which nothing is read.
    @inlinable @inline(__always)
    public var bounds: (start: UnsafeRawPointer, end: UnsafeRawPointer) {
        let start = baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        return (start, start + count)
    }
}
