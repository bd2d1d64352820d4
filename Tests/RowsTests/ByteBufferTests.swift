import Rows
import Testing

@Suite struct ByteBufferTests {
    @Test("What counts is what was said to be written, and nothing of a failure")
    func appending() {
        struct Failure: Error {}
        var buffer = ByteBuffer()
        #expect(buffer.isEmpty && buffer.bytes == [])
        for number in 0..<10_000 {
            buffer.append(atMost: 100) { start in
                start.storeBytes(of: UInt8(truncatingIfNeeded: number), as: UInt8.self)
                start.storeBytes(of: 7, toByteOffset: 99, as: UInt8.self)
                return 1
            }
            #expect(throws: Failure.self) {
                try buffer.append(atMost: 10_000) { _ throws(Failure) in throw Failure() }
            }
        }
        #expect(buffer.bytes == (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
        buffer.append([1, 2])
        #expect(buffer.withUnsafeBytes { Array($0.suffix(2)) } == [1, 2])
        buffer.removeAll()
        buffer.append([])
        #expect(buffer.isEmpty)
    }
}
