import Foundation
import Rows
import Testing

@Suite struct TableDigestTests {
    private func digest(_ rows: [String]) -> TableDigest {
        var digest = TableDigest()
        for row in rows { Array(row.utf8).withUnsafeBytes { digest.add(row: $0) } }
        return digest
    }

    @Test("The hash is XXH3-128, as its authors print it")
    func knownValue() {
        // xxhsum -H2 of nothing.
        #expect(digest([""]).hash == "99aa06d3014798d86001c324468d497f")
        #expect(digest(["a"]).bytes == 2)
    }

    @Test("Order does not matter, repetition does")
    func multiset() {
        #expect(digest(["a", "b", "c"]) == digest(["c", "a", "b"]))
        #expect(digest(["a", "a", "b"]).hash != digest(["b", "b", "b"]).hash)
        #expect(digest(["a", "a"]).hash != digest([]).hash)
    }

    @Test("Digests of parts add up to that of the whole, carries included")
    func sums() {
        let rows = (0..<1000).map { "row \($0)" }
        var sum = digest(Array(rows[..<300]))
        sum.add(digest(Array(rows[300...])))
        #expect(sum == digest(rows))
    }

    @Test("It is read back from JSON as it was, and nothing else is")
    func json() throws {
        let one = digest(["a", "b"])
        let bytes = try JSONEncoder().encode(one)
        #expect(try JSONDecoder().decode(TableDigest.self, from: bytes) == one)
        let wrong = String(decoding: bytes, as: UTF8.self).replacingOccurrences(
            of: one.hash, with: "+" + one.hash.dropFirst())
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TableDigest.self, from: Data(wrong.utf8)) }
    }
}
