import Testing

@testable import Physical

/// With the processor's own instructions and without, a page has the same checksum. That it is the server's is tested on a server's own
/// pages (LayOutTests).
@Suite struct PageChecksumTests {
    @Test func withAndWithoutInstructions() {
        var random = SystemRandomNumberGenerator()
        for block: UInt32 in [0, 1, 131_072, .max] {
            let page = (0..<PageChecksum.pageSize).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            page.withUnsafeBytes { page in
                let portable = UInt16((PageChecksum.portableSum(page) ^ block) % 65535 + 1)
                #expect(PageChecksum.checksum(page, block: block) == portable)
            }
        }
    }

    /// The field of the checksum itself says nothing.
    @Test func theStoredOneDoesNotCount() {
        var page = (0..<PageChecksum.pageSize).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let before = page.withUnsafeBytes { PageChecksum.checksum($0, block: 3) }
        page[8] ^= 0xFF
        page[9] ^= 0xFF
        #expect(page.withUnsafeBytes { PageChecksum.checksum($0, block: 3) } == before)
        page[10] ^= 1
        #expect(page.withUnsafeBytes { PageChecksum.checksum($0, block: 3) } != before)
    }
}
