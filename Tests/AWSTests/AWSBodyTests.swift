import Testing

@testable import AWS

@Suite struct AWSBodyTests {
    /// What is handed on of these pieces; nil where they are not whole.
    private func object(_ pieces: [String]) -> String? {
        var (object, handed) = (AWSBody(), [UInt8]())
        for piece in pieces { handed += object.add(Array(piece.utf8)) }
        guard let rest = object.finish() else { return nil }
        handed += rest
        #expect(object.delivered == handed.count)
        return String(decoding: handed, as: UTF8.self)
    }

    @Test(
        "The length is taken off wherever it was cut, also from objects that end in digits",
        arguments: ["", "a", "1", "0\n", "9\n1\n", "123456789", "1234567890", String(repeating: "7\n", count: 999)])
    func whole(_ text: String) {
        let printed = Array("\(text)\(text.utf8.count)\n")
        #expect(object([String(printed)]) == text)
        #expect(object(printed.map(String.init)) == text)
        for size in [3, 19, 20, 21, 64] {
            let pieces = stride(from: 0, to: printed.count, by: size).map {
                String(printed[$0..<min($0 + size, printed.count)])
            }
            #expect(object(pieces) == text, "pieces of \(size)")
        }
    }

    @Test(arguments: ["", "\n", "a", "a2\n", "aa1\n", "a1", "a01\n", "a+1\n"])
    func notWhole(_ printed: String) {
        #expect(object([printed]) == nil)
    }
}
