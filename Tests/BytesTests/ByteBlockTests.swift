import TestSupport
import Testing

@testable import Bytes

@Suite struct ByteBlockTests {
    @Test("Both kinds of blocks find what a look at each byte finds")
    func agree() {
        var generator = SeededGenerator(6)
        let near: [UInt8] = [
            0, 1, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5c, 0x7b, 0x7f, 0x80, 0x81, 0x9f, 0xa0, 0xa2, 0xdc, 0xff,
        ]
        for round in 0..<300 {
            let bytes = (0..<16).map { _ in
                round % 2 == 0 ? near.randomElement(using: &generator)! : .random(in: 0...255, using: &generator)
            }
            func mask(_ holds: (UInt8) -> Bool) -> UInt32 {
                bytes.enumerated().reduce(0) { $0 | (holds($1.element) ? 1 << UInt32($1.offset) : 0) }
            }
            bytes.withUnsafeBytes { buffer in
                let (one, other) = (ByteBlock(buffer.baseAddress!), PortableBlock(buffer.baseAddress!))
                for byte in near {
                    #expect((one == byte).mask == mask { $0 == byte } && (other == byte).mask == mask { $0 == byte })
                }
                #expect((one < 0x20).mask == mask { $0 < 0x20 } && (other < 0x20).mask == mask { $0 < 0x20 })
                let folded = mask { $0 | 0x20 == 0x7b || $0 < 0x20 }
                #expect((((one | 0x20) == 0x7b) | (one < 0x20)).mask == folded)
                #expect((((other | 0x20) == 0x7b) | (other < 0x20)).mask == folded)
            }
            var copies = [[UInt8]](repeating: Array(repeating: 0, count: 16), count: 2)
            bytes.withUnsafeBytes { buffer in
                copies[0].withUnsafeMutableBytes { ByteBlock(buffer.baseAddress!).store($0.baseAddress!) }
                copies[1].withUnsafeMutableBytes { PortableBlock(buffer.baseAddress!).store($0.baseAddress!) }
            }
            #expect(copies == [bytes, bytes])
        }
    }
}
