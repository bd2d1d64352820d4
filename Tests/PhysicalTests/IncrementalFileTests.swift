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

    /// Its pages have the checksum of the place that they have in the relation.
    @Test func itsPagesAreVerified() {
        let block: UInt32 = 131_072 + 7
        var page = [UInt8](repeating: 9, count: 8192)
        let checksum = page.withUnsafeBytes { PageChecksum.checksum($0, block: block) }
        page.replaceSubrange(8..<10, with: withUnsafeBytes(of: checksum.littleEndian, Array.init))
        let whole = Self.bytes([0xD3AE_1F0D, 1, 9, 7], count: 8192) + page
        func flaws(_ bytes: [UInt8]) -> [String] {
            var verifier = FileVerifier(
                "base/5/INCREMENTAL.16384.1", size: Int64(bytes.count), nil, checksumsBefore: LogPosition(.max))
            bytes.withUnsafeBytes { verifier.add($0) }
            return verifier.finish().map(\.problem)
        }
        #expect(flaws(whole) == [])
        var flipped = whole
        flipped[8192 + 5000] ^= 1
        #expect(flaws(flipped) == ["1 of its pages has a wrong data checksum: block \(block)"])
        var moved = whole
        moved[12] = 6
        #expect(flaws(moved) == ["1 of its pages has a wrong data checksum: block \(block - 1)"])
        #expect(flaws(Array(whole.dropLast(100))) == ["it is not a file with some pages of a relation, or is cut off"])
    }
}
