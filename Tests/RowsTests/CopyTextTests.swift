import Rows
import Testing

@Suite struct CopyTextTests {
    private func unescape(_ field: String) -> String? {
        Array(field.utf8).withUnsafeBytes { CopyText.unescape($0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private func escape(_ value: String?) -> String {
        var output: [UInt8] = []
        if let value {
            Array(value.utf8).withUnsafeBytes { CopyText.escape($0, to: &output) }
        } else {
            CopyText.escape(nil, to: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    @Test("Fields are read as the server reads them")
    func unescaping() {
        let cases: [(String, String?)] = [
            ("", ""), ("\\N", nil), ("\\\\N", "\\N"), ("a\\N", "aN"), ("\\.", "."), ("\\\\.", "\\."),
            ("\\b\\f\\n\\r\\t\\v\\\\", "\u{8}\u{c}\n\r\t\u{b}\\"),
            ("\\101\\60\\0601\\7", "A001\u{7}"), ("\\8", "8"), ("\\x41\\x4g\\xg", "A\u{4}gxg"), ("\\x4142", "A42"),
            ("\\303\\274", "ü"), ("\\q\\\"", "q\""), ("a\\", "a"),
        ]
        for (field, value) in cases { #expect(unescape(field) == value, "\(field)") }
    }

    @Test("Every byte but 0 is written so that it is read again, and only those are escaped that the server escapes")
    func escaping() {
        #expect(escape(nil) == "\\N")
        #expect(escape("") == "")
        #expect(escape("\\N") == "\\\\N")
        #expect(escape("\u{8}\u{c}\n\r\t\u{b}\\") == "\\b\\f\\n\\r\\t\\v\\\\")
        #expect(escape("\u{1}\u{1b}\u{7f}\"ü") == "\u{1}\u{1b}\u{7f}\"ü")
        let all = String(String.UnicodeScalarView((1...0x100).map { Unicode.Scalar($0)! }))
        #expect(unescape(escape(all)) == all)
    }

    @Test("A field is found from either end")
    func fields() {
        let fields = ["first", "", "a longer field than eight bytes", "\\N", "ü\\tü", "", "the last but one", ""]
        for count in 1...fields.count {
            let row = Array(fields[..<count].joined(separator: "\t").utf8)
            for index in 0..<count {
                let found = row.withUnsafeBytes { row in
                    CopyText.field(at: index, of: count, in: row).map { String(decoding: $0, as: UTF8.self) }
                }
                #expect(found == fields[index], "\(index) of \(count)")
            }
        }
    }

    @Test("There is no field beyond the row's")
    func noField() {
        Array("a\tb".utf8).withUnsafeBytes { row in
            for (index, columns) in [(2, 2), (-1, 2), (1, 5), (1, 4)] {
                #expect(CopyText.field(at: index, of: columns, in: row) == nil, "\(index) of \(columns)")
            }
        }
        #expect(CopyText.field(at: 0, of: 1, in: UnsafeRawBufferPointer(start: nil, count: 0))?.isEmpty == true)
        #expect(CopyText.field(at: 0, of: 0, in: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
        #expect(CopyText.field(at: 1, of: 2, in: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }
}
