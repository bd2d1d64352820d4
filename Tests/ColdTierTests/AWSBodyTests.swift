import Testing

@testable import ColdTier

@Suite struct AWSBodyTests {
    /// What is handed on of these pieces; nil where they are not whole.
    private func object(_ pieces: [String]) throws -> String? {
        var (object, handed) = (AWSBody(), [UInt8]())
        for piece in pieces { try Array(piece.utf8).withUnsafeBytes { try object.add($0) { handed += $0 } } }
        guard try object.finish({ handed += $0 }) else { return nil }
        #expect(object.delivered == handed.count)
        return String(decoding: handed, as: UTF8.self)
    }

    @Test(
        "The length is taken off wherever it was cut, also from objects that end in digits",
        arguments: ["", "a", "1", "0\n", "9\n1\n", "123456789", "1234567890", String(repeating: "7\n", count: 999)])
    func whole(_ text: String) throws {
        let printed = Array("\(text)\(text.utf8.count)\n")
        #expect(try object([String(printed)]) == text)
        #expect(try object(printed.map(String.init)) == text)
        for size in [3, 19, 20, 21, 64] {
            let pieces = stride(from: 0, to: printed.count, by: size).map {
                String(printed[$0..<min($0 + size, printed.count)])
            }
            #expect(try object(pieces) == text, "pieces of \(size)")
        }
    }

    @Test(arguments: ["", "\n", "a", "a2\n", "aa1\n", "a1", "a01\n", "a+1\n"])
    func notWhole(_ printed: String) throws {
        #expect(try object([printed]) == nil)
    }
}
