import Bytes
import Rows
import TestSupport
import Testing

@testable import Values

extension RowInspector {
    /// Takes a row without its newline.
    func take(row: String) {
        var fields = RowFields(columns: columns.count)
        Array((row + "\n").utf8).withUnsafeBytes { bytes in
            let (start, end) = bytes.bounds
            #expect(fields.take(start, end) == end - 1)
            take(fields)
        }
        finish()
    }
}

@Suite struct RowInspectorTests {
    @Test("Fields are found wherever blocks of bytes end")
    func fields() {
        for width in 0...40 {
            let values = [
                String(repeating: "x", count: width), "", "a\\tb", "\\N", String(repeating: "y", count: width), "\\\\",
            ]
            let row = Array((values.joined(separator: "\t") + "\nnext\t\n").utf8)
            var fields = RowFields(columns: values.count)
            var found: [String] = []
            var escapes: [Bool] = []
            row.withUnsafeBytes { row in
                let (start, end) = row.bounds
                #expect(fields.take(start, end) == end - 7)
                #expect(fields.count == values.count)
                for index in values.indices {
                    found.append(String(decoding: fields[index].bytes, as: UTF8.self))
                    escapes.append(fields[index].hasEscapes)
                }
                #expect(fields.take(end - 6, end) == end - 1)
                #expect(fields.count == 2)
                #expect(fields.take(start, end - 7) == nil)
            }
            #expect(found == values)
            #expect(escapes == values.map { $0.contains("\\") })
        }
    }

    @Test("Whether all bytes of a row are ASCII is known wherever blocks of bytes end")
    func plainRows() {
        for width in 0...40 {
            for (byte, isPlain) in [(0x41, true), (0x00, false), (0x7f, true), (0x80, false), (0xff, false)]
                as [(UInt8, Bool)]
            {
                let before = [UInt8](repeating: UInt8(ascii: "x"), count: width)
                for behind in [[], before] {
                    // What is not of the row does not count.
                    let bytes = before + [byte] + behind + Array("\n\u{e9}\0\n\u{e9}0123456789abcdef".utf8)
                    var fields = RowFields(columns: 1)
                    bytes.withUnsafeBytes { bytes in
                        let (start, end) = bytes.bounds
                        #expect(fields.take(start, end) == start + width + 1 + behind.count)
                        #expect(fields.isPlain == isPlain, "\(byte) at \(width)")
                    }
                }
            }
        }
    }

    @Test("A field is judged as its value is, whatever is escaped in it", arguments: ValueRow.all)
    func fieldsAreJudgedAsValues(_ row: ValueRow) {
        var random = SeededGenerator(11)
        var texts = row.judged + row.unjudged + [row.printed].compactMap { $0 }
        for _ in 0..<200 {
            guard var bytes = texts.randomElement(using: &random).map({ Array($0.utf8) }), !bytes.isEmpty else {
                continue
            }
            let index = Int.random(in: bytes.indices, using: &random)
            bytes[index] = Array("0129+-.:e\\\"u{}[], tn\n".utf8).randomElement(using: &random)!
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        for text in texts {
            let answer = Array(text.utf8).withUnsafeBytes { row.type.judge($0) }
            var field: [UInt8] = []
            Array(text.utf8).withUnsafeBytes { CopyText.escape($0, to: &field) }
            let inspector = RowInspector([InspectedColumn(name: "c", type: row.type)])
            inspector.take(row: String(decoding: field, as: UTF8.self))
            let found = inspector.findings[0]
            let expected: (Int64, Int64) = answer == .fits ? (0, 0) : answer == .unknown ? (0, 1) : (1, 0)
            #expect((found.misfits, found.unjudged) == expected, "\(text)")
        }
    }

    @Test func whatIsWrongIsCounted() {
        let columns = [
            InspectedColumn(name: "id", type: .integer(bytes: 4), isNotNull: true),
            InspectedColumn(name: "at", type: .timestamp(zoned: true)),
            InspectedColumn(name: "doc", type: .jsonb), InspectedColumn(name: "raw", type: .bytea),
            InspectedColumn(name: "free", type: .other("point"), isNotNull: true),
        ]
        let inspector = RowInspector(columns)
        for row in [
            "1\t2024-01-01 12:00:00+02\t{\"a\": \"x\\\\n\"}\t\\\\x00ff\t(1,2)",
            "\\N\tinfinity\t{\"a\": \\\\u0000}\t\\\\x0\t\\N",
            "3x\t2024-02-30 12:00:00+00\t\\N\tplain\t", "\t1 Jan 2024\t{}\ta\\\\\\\\b\t",
        ] { inspector.take(row: row) }
        let found = inspector.findings
        #expect(found.map(\.nulls) == [1, 0, 0, 0, 1])
        #expect(found.map(\.misfits) == [2, 1, 1, 1, 0])
        #expect(found.map(\.unjudged) == [0, 1, 0, 0, 0])
        #expect(found[1].times.maximum?.description == "2024-01-01 10:00:00+00")
    }
}
