import Crypto
import Testing

@testable import Digests

/// The library is the oracle: whatever the pieces are, both come to the same SHA-256.
@Suite struct SHA256StreamTests {
    private static let bytes = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0 >> 3) }

    private static func digest(_ count: Int) -> [UInt8] { Array(SHA256.hash(data: bytes[..<count])) }

    private static func withPieces(of count: Int, _ size: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        bytes[..<count].withUnsafeBytes { bytes in
            for start in stride(from: 0, to: count, by: size) {
                body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, count)]))
            }
        }
    }

    @Test(arguments: [true, false])
    func isThatOfTheLibrary(_ usesInstructions: Bool) {
        for count in Array(0...260) + [1023, 1024, 1984, 2000] {
            for size in [64, 256] {
                var stream = SHA256Stream(usesInstructions: usesInstructions && SHA256Stream.hasInstructions)
                Self.withPieces(of: count, size) { stream.add($0) }
                #expect(stream.finish() == Self.digest(count), "\(count) bytes in pieces of \(size)")
            }
        }
    }

    /// Streams of different lengths: the longer one goes on alone.
    @Test(arguments: [0, 1, 63, 64, 65, 128, 500, 2000])
    func twoAtOnce(_ count: Int) {
        for other in [0, 1, 64, 127, 129, 640, 1999] {
            var (stream, second) = (SHA256Stream(), SHA256Stream())
            Self.bytes.withUnsafeBytes { bytes in
                var start = 0
                while start < max(count, other) {
                    func piece(_ end: Int) -> UnsafeRawBufferPointer {
                        UnsafeRawBufferPointer(rebasing: bytes[min(start, end)..<min(start + 256, end)])
                    }
                    SHA256Stream.add(piece(count), to: &stream, piece(other), to: &second)
                    start += 256
                }
            }
            #expect(
                stream.finish() == Self.digest(count) && second.finish() == Self.digest(other), "\(count), \(other)")
        }
    }
}
