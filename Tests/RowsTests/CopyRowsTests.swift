import Rows
import Testing

@Suite struct CopyRowsTests {
    /// The rows of some bytes that are cut at these places.
    private func rows(_ text: String, cuts: [Int], limit: Int = CopyRows.maximumRow) throws -> [String] {
        let bytes = Array(text.utf8)
        var splitter = CopyRows(limit: limit)
        var rows: [String] = []
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) {
            try bytes[from..<to].withUnsafeBytes { piece in
                try splitter.read(piece) { rows.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        try splitter.finish()
        #expect(splitter.count == rows.count)
        return rows
    }

    @Test("Rows are the same wherever their bytes are cut, empty ones and empty pieces included")
    func cuts() throws {
        let text = "\n1\ta\\nb\n\n\n22\t\\N\nüü\t\\.\n"
        let expected = ["", "1\ta\\nb", "", "", "22\t\\N", "üü\t\\."]
        let count = text.utf8.count
        for first in 0...count {
            for second in first...count { #expect(try rows(text, cuts: [first, second]) == expected) }
        }
        #expect(try rows(text, cuts: Array(0...count)) == expected)
        #expect(try rows("", cuts: []) == [])
    }

    @Test("A row without its newline is none")
    func cutOff() {
        #expect(throws: RowError.cutOff(row: 2)) { try rows("a\nb", cuts: []) }
        #expect(throws: RowError.cutOff(row: 1)) { try rows("a", cuts: [0, 1]) }
    }

    @Test("No row is longer than the limit, in one piece or in many")
    func limit() throws {
        #expect(try rows("a\nbbbb\n", cuts: [4], limit: 4) == ["a", "bbbb"])
        #expect(throws: RowError.tooLong(row: 2)) { try rows("a\nbbbbb\n", cuts: [], limit: 4) }
        #expect(throws: RowError.tooLong(row: 2)) { try rows("a\nbbbbb\n", cuts: [3, 5], limit: 4) }
        #expect(throws: RowError.tooLong(row: 1)) { try rows("bbbbb", cuts: [], limit: 4) }
    }

    @Test("What the caller throws goes on")
    func callerThrows() {
        struct Stop: Error {}
        var splitter = CopyRows()
        #expect(throws: Stop.self) {
            try Array("a\nb\n".utf8).withUnsafeBytes { try splitter.read($0) { _ in throw Stop() } }
        }
    }
}
