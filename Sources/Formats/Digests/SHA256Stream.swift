import CIntrinsics
import Crypto

/// A SHA-256 of bytes that come in pieces. Two of them that are computed at once take hardly longer than one: in a single one, the
/// processor waits half of the time for the result of the instruction before.
package struct SHA256Stream {
    /// Nil where the processor's own instructions are used.
    private var library: SHA256?
    private var words: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private var count: UInt64 = 0
    /// The bytes of the last block, if the last piece was not a whole number of them.
    private var rest: [UInt8] = []

    static let blockSize = 64

    package init() { self.init(usesInstructions: Self.hasInstructions) }

    init(usesInstructions: Bool) { library = usesInstructions ? nil : SHA256() }

    /// - Parameter bytes: a whole number of blocks of 64 bytes; only the last piece may be of any length.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        guard library == nil else {
            library?.update(bufferPointer: bytes)
            return
        }
        let blocks = bytes.count / Self.blockSize
        Self.one(&words, bytes, blocks)
        end(bytes, after: blocks)
    }

    /// Adds a piece to each of two streams, as ``add(_:)``. The pieces may have different lengths.
    package static func add(
        _ bytes: UnsafeRawBufferPointer, to stream: inout SHA256Stream, _ more: UnsafeRawBufferPointer,
        to other: inout SHA256Stream
    ) {
        let both = min(bytes.count, more.count) / blockSize
        guard stream.library == nil, other.library == nil, both > 0 else {
            stream.add(bytes)
            other.add(more)
            return
        }
        two(&stream.words, bytes, &other.words, more, both)
        stream.count += UInt64(both * blockSize)
        other.count += UInt64(both * blockSize)
        stream.add(UnsafeRawBufferPointer(rebasing: bytes[(both * blockSize)...]))
        other.add(UnsafeRawBufferPointer(rebasing: more[(both * blockSize)...]))
    }

    private mutating func end(_ bytes: UnsafeRawBufferPointer, after blocks: Int) {
        precondition(rest.isEmpty || bytes.isEmpty, "only the last piece may end within a block")
        count += UInt64(bytes.count)
        if bytes.count > blocks * Self.blockSize { rest = Array(bytes[(blocks * Self.blockSize)...]) }
    }

    /// - Returns: 32 bytes.
    package consuming func finish() -> [UInt8] {
        if let library { return Array(library.finalize()) }
        var last = rest + [0x80]
        while last.count % Self.blockSize != Self.blockSize - 8 { last.append(0) }
        withUnsafeBytes(of: (count * 8).bigEndian) { last += $0 }
        last.withUnsafeBytes { Self.one(&words, $0, $0.count / Self.blockSize) }
        return words.flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }
}

// MARK: The processor's own instructions

extension SHA256Stream {
    #if arch(x86_64)
        static let hasInstructions = pgassay_has_sha256() != 0

        private static func one(_ words: inout [UInt32], _ bytes: UnsafeRawBufferPointer, _ blocks: Int) {
            guard blocks > 0 else { return }
            pgassay_sha256_one(&words, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), blocks)
        }

        private static func two(
            _ words: inout [UInt32], _ bytes: UnsafeRawBufferPointer, _ others: inout [UInt32],
            _ more: UnsafeRawBufferPointer, _ blocks: Int
        ) {
            pgassay_sha256_two(
                &words, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &others,
                more.baseAddress?.assumingMemoryBound(to: UInt8.self), blocks)
        }
    #else
        static let hasInstructions = false

        private static func one(_ words: inout [UInt32], _ bytes: UnsafeRawBufferPointer, _ blocks: Int) {
            preconditionFailure("the library is used on this processor")
        }

        private static func two(
            _ words: inout [UInt32], _ bytes: UnsafeRawBufferPointer, _ others: inout [UInt32],
            _ more: UnsafeRawBufferPointer, _ blocks: Int
        ) {
            preconditionFailure("the library is used on this processor")
        }
    #endif
}
