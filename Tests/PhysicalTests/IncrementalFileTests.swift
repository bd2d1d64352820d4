import Testing

@testable import Physical

/// Files with some pages of a relation, as an incremental backup has them.
@Suite struct IncrementalFileTests {
    private static func bytes(_ numbers: [UInt32], count: Int) -> [UInt8] {
        let head = numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian, Array.init) }
        return head + [UInt8](repeating: 0, count: max(0, count - head.count))
    }

    @Test func beginsWithTheNumbersOfItsPages() throws {
        let some = Self.bytes([0xD3AE_1F0D, 2, 9, 3, 7], count: 3 * 8192)
        let file = try #require(some.withUnsafeBytes { IncrementalFile($0) })
        #expect(file.blocks == [3, 7] && file.dataStart == 8192 && file.size == 3 * 8192)
        let none = Self.bytes([0xD3AE_1F0D, 0, 9], count: 12)
        #expect(none.withUnsafeBytes { IncrementalFile($0)?.size } == 12)
    }

    @Test(
        arguments: [[1, 2, 9, 3, 7], [0xD3AE_1F0D, 5, 9], [0xD3AE_1F0D, .max, 9], [0xD3AE_1F0D, 1, 9, 131_072]]
            as [[UInt32]])
    func isNoneElse(_ numbers: [UInt32]) {
        #expect(Self.bytes(numbers, count: 0).withUnsafeBytes { IncrementalFile($0) } == nil)
    }

    @Test func belongsToARelation() {
        #expect(IncrementalFile.whole("base/5/INCREMENTAL.16384.2") == "base/5/16384.2")
        #expect(IncrementalFile.whole("base/5/16384") == nil)
    }
}
