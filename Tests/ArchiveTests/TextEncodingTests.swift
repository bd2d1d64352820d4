import Testing

@testable import Archive

@Suite(.keepsItsThread) struct TextEncodingTests {
    @Test(
        arguments: [
            ("UTF8", [0xC3, 0xA9], "é"), ("LATIN1", [0xE9], "é"), ("latin1", [0xE9], "é"), ("ISO_8859_5", [0xD0], "а"),
            ("WIN1252", [0x80], "€"), ("LATIN9", [0xA4], "€"), ("KOI8R", [0xC1], "а"), ("EUC_JP", [0xCC, 0xBE], "名"),
            ("SJIS", [0x95, 0x5C], "表"), ("GBK", [0xC3, 0xFB], "名"), ("BIG5", [0xA6, 0x57], "名"),
            ("GB18030", [0x81, 0x30, 0x81, 0x30], "\u{80}"), ("UHC", [0xB0, 0xA1], "가"), ("EUC_KR", [0xB0, 0xA1], "가"),
            ("JOHAB", [0x88, 0x61], "가"), ("SQL_ASCII", [0x61], "a"), ("SQL_ASCII", [0xFF], "\u{FFFD}"),
            ("UTF8", [0xFF], "\u{FFFD}"), ("EUC_JP", [0xFF, 0xFF], "\u{FFFD}\u{FFFD}"), ("no such thing", [0x61], "a"),
        ] as [(String, [UInt8], String)])
    func decodes(_ encoding: String, _ bytes: [UInt8], _ text: String) {
        #expect(TextEncoding(encoding).decode(bytes) == text)
    }

    /// Every encoding that PostgreSQL has must be known, but for those that are deliberately not converted.
    @Test func knowsAllThatTheServerDoes() throws {
        let sql = "SELECT pg_encoding_to_char(i) FROM generate_series(0, 41) i WHERE pg_encoding_to_char(i) <> ''"
        let names = try Installation.all.last!.run("psql", ["-XAtc", sql, "postgres"]).text.split(separator: "\n")
        try #require(names.count > 35)
        for name in names where !["UTF8", "SQL_ASCII", "MULE_INTERNAL"].contains(name) {
            #expect(TextEncoding(String(name)).isKnown, "\(name)")
        }
    }
}
