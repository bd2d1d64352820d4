import Testing

@testable import Postgres

/// What a server that is not trusted may make libpq hold.
@Suite struct AnswerFilterTests {
    /// The bytes of a message; of a long body only the beginning.
    private static func message(_ kind: Character, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = (length ?? body.count) + 4
        return [kind.asciiValue!] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
    }

    /// What is passed on of bytes that come in pieces.
    private static func pass(_ bytes: [UInt8], pieces: Int, through filter: inout AnswerFilter) throws -> [UInt8] {
        var passed: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try bytes[start..<min(bytes.count, start + pieces)].withUnsafeBytes {
                try filter.take($0, into: &passed)
            }
        }
        return passed
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 1000, 1 << 20])
    func whatIsShortGoesThroughAsItIs(_ pieces: Int) throws {
        let bytes =
            Self.message("R", [0, 0, 0, 0]) + Self.message("T", Array(repeating: 7, count: 900))
            + Self.message("D", [1, 2, 3])
            + Self.message("D", []) + Self.message("N", [1]) + Self.message("E", Array(repeating: 9, count: 1 << 20))
            + Self.message("1", []) + Self.message("Z", [73])
        var filter = AnswerFilter()
        #expect(try Self.pass(bytes, pieces: pieces, through: &filter) == bytes)
    }

    @Test(arguments: ["E", "N"] as [Character], [1, 1000, 1 << 20])
    func whatIsTooLongOfAnErrorIsCut(_ kind: Character, _ pieces: Int) throws {
        let body = Array("SERROR\0C42601\0M".utf8) + Array(repeating: UInt8(ascii: "x"), count: 3 << 20) + [0, 0]
        let after = Self.message("Z", [73])
        var filter = AnswerFilter()
        let passed = try Self.pass(Self.message(kind, body) + after, pieces: pieces, through: &filter)
        let kept = AnswerFilter.keptOfNotice
        #expect(passed == Self.message(kind, Array(body.prefix(kept - 2)) + [0, 0]) + after)
    }

    @Test(arguments: ["D", "T", "V", "S", "A", "R", "G", "x"] as [Character])
    func whatIsTooLongIsRefusedBeforeItComes(_ kind: Character) {
        var filter = AnswerFilter()
        #expect(throws: AnswerRefusal.self) {
            _ = try Self.pass(Self.message(kind, [], length: 1 << 30 - 5), pieces: 5, through: &filter)
        }
    }

    @Test func rowsOfOneAnswerAreBoundedTogether() throws {
        var filter = AnswerFilter()
        let row = Self.message("D", Array(repeating: 0, count: 32 << 20))
        for _ in 0..<5 {
            for _ in 0..<3 { _ = try Self.pass(row, pieces: 1 << 20, through: &filter) }
            _ = try Self.pass(Self.message("Z", [73]), pieces: 6, through: &filter)
        }
        for _ in 0..<3 { _ = try Self.pass(row, pieces: 1 << 20, through: &filter) }
        #expect(throws: AnswerRefusal.self) { _ = try Self.pass(row, pieces: 1 << 20, through: &filter) }
    }

    @Test func settingsOfASessionAreBoundedTogether() {
        var filter = AnswerFilter()
        let setting = Self.message("S", Array(repeating: 65, count: 1 << 20)) + Self.message("Z", [73])
        #expect(throws: AnswerRefusal.self) {
            for _ in 0..<9 { _ = try Self.pass(setting, pieces: 1 << 20, through: &filter) }
        }
    }

    @Test func aRowOfACopyMayBeAsLongAsPostgreSQLAllows() throws {
        var filter = AnswerFilter()
        let header = Self.message("d", [], length: 900 << 20)
        #expect(try Self.pass(header, pieces: 5, through: &filter) == header)
    }

    @Test func aLengthThatCannotBeIsRefused() {
        var filter = AnswerFilter()
        #expect(throws: AnswerRefusal.noMessage) { try Self.pass([68, 0, 0, 0, 3], pieces: 5, through: &filter) }
    }
}
