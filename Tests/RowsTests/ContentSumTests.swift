import Foundation
import Rows
import Testing

@Suite struct ContentSumTests {
    private func sum(_ rows: [String]) -> ContentSum {
        var sum = ContentSum()
        for row in rows { Array(row.utf8).withUnsafeBytes { sum.add(row: $0) } }
        return sum
    }

    @Test("It is the beginning of SHA-256, as sha256sum prints it")
    func knownValue() {
        // printf '' | sha256sum; printf abc | sha256sum
        #expect(sum([""]).value == 0xe3b0_c442_98fc_1c14)
        #expect(sum(["abc"]).value == 0xba78_16bf_8f01_cfea)
        #expect(sum(["", "abc"]).value == 0xe3b0_c442_98fc_1c14 &+ 0xba78_16bf_8f01_cfea)
    }

    @Test("Sums of parts add up to that of the whole")
    func sums() {
        let rows = (0..<100).map { "row \($0)" }
        var parts = sum(Array(rows[..<30]))
        parts.add(sum(rows[30...].reversed()))
        #expect(parts == sum(rows))
    }

    @Test("It is read back from JSON as it was, and nothing else is")
    func json() throws {
        let one = sum(["abc"])
        let bytes = try JSONEncoder().encode([one])
        #expect(String(decoding: bytes, as: UTF8.self) == "[\"\(one.value)\"]")
        #expect(try JSONDecoder().decode([ContentSum].self, from: bytes) == [one])
        for wrong in ["[\"01\"]", "[\"+1\"]", "[\"-1\"]", "[\"18446744073709551616\"]", "[1]", "[\"\"]"] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([ContentSum].self, from: Data(wrong.utf8)) }
        }
    }
}
