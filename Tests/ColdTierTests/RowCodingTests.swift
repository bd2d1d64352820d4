import ColdTier
import Rows
import Testing

@Suite struct RowCodingTests {
    static let columns = [
        ExportColumn(name: "id", type: "bigint", kind: .number),
        ExportColumn(name: "yes or no", type: "boolean", kind: .boolean),
        ExportColumn(name: "data", type: "jsonb", kind: .json),
        ExportColumn(name: "say \"hi\"\\\n", type: "text", kind: .text),
    ]

    struct Example: Sendable {
        var row: String
        var csv: String
        var json: String

        init(_ row: String, csv: String, json: String) {
            self.row = row
            self.csv = csv
            self.json = json
        }
    }

    static let examples = [
        Example("1\tt\t{}\ta", csv: #"1,true,"{}","a""#, json: #"{"id":1,"yes or no":true,"data":{},KEY:"a"}"#),
        Example("\\N\t\\N\t\\N\t\\N", csv: ",,,", json: #"{"id":null,"yes or no":null,KEY:null}"#),
        Example(
            "-1.50\tf\tnull\t", csv: #"-1.50,false,"null","""#,
            json: #"{"id":-1.50,"yes or no":false,"data":null,KEY:""}"#),
        Example(
            "NaN\tf\t\"null\"\t\\\\N", csv: #"NaN,false,"""null""","\N""#,
            json: #"{"id":"NaN","yes or no":false,"data":"null",KEY:"\\N"}"#),
        Example(
            "-Infinity\tf\t[1, {\"a\": \"}\\\\\"]\\\\u00fc\"}]\t\\\\.",
            csv: #"-Infinity,false,"[1, {""a"": ""}\""]\u00fc""}]","\.""#,
            json: #"{"id":"-Infinity","yes or no":false,"data":[1, {"a": "}\"]\u00fc"}],KEY:"\\."}"#),
        Example(
            "1e+300\tf\t-1.0\t\\b\\f\\n\\r\\t\\v\\\\,\"ü\u{1}\u{1f}\u{7f}\u{feff}",
            csv: "1e+300,false,\"-1.0\",\"\u{8}\u{c}\n\r\t\u{b}\\,\"\"ü\u{1}\u{1f}\u{7f}\u{feff}\"",
            json: #"{"id":1e+300,"yes or no":false,"data":-1.0,KEY:"\b\f\n\r\t\u000b\\,\"ü\u0001\u001f"#
                + "\u{7f}\u{feff}\"}"),
        Example(
            "12345678901234567890.000\tf\t\\N\tNULL", csv: #"12345678901234567890.000,false,,"NULL""#,
            json: #"{"id":12345678901234567890.000,"yes or no":false,KEY:"NULL"}"#),
    ]

    static let key = #""say \"hi\"\\\n""#

    /// What a layout makes of some rows, header and all.
    static func write(_ rows: [String], _ layout: TextLayout, _ columns: [ExportColumn]) throws -> [UInt8] {
        let writer = layout.writer(for: columns)
        var output = ByteBuffer()
        output.append(writer.header)
        for (index, row) in rows.enumerated() {
            try Array(row.utf8).withUnsafeBytes { try writer.append($0, number: Int64(index + 1), to: &output) }
        }
        return output.bytes
    }

    /// The rows in some bytes that are cut at these places.
    static func read(
        _ bytes: [UInt8], _ layout: TextLayout, _ columns: [ExportColumn], cuts: [Int] = [],
        limit: Int = CopyRows.maximumRow
    ) throws -> [String] {
        var reader = layout.reader(for: columns, limit: limit)
        var rows: [String] = []
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) {
            // Memory of its own, so that reading beyond its end would not go unnoticed under a sanitizer.
            try Array(bytes[from..<to]).withUnsafeBytes { piece in
                try reader.read(piece) { rows.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        try reader.finish()
        return rows
    }

    @Test("CSV is what PostgreSQL reads, and JSON Lines what every reader of JSON does")
    func written() throws {
        let rows = Self.examples.map(\.row)
        let csv = String(decoding: try Self.write(rows, .csv, Self.columns), as: UTF8.self)
        #expect(
            csv == "id,\"yes or no\",data,\"say \"\"hi\"\"\\\n\"\n" + Self.examples.map { $0.csv + "\n" }.joined())
        let json = String(decoding: try Self.write(rows, .jsonl, Self.columns), as: UTF8.self)
        #expect(json == Self.examples.map { $0.json.replacing("KEY", with: Self.key) + "\n" }.joined())
        let copy = String(decoding: try Self.write(rows, .copy, Self.columns), as: UTF8.self)
        #expect(copy == rows.map { $0 + "\n" }.joined())
    }

    @Test("Wherever a file is cut, its rows are those that were written", arguments: TextLayout.allCases)
    func cuts(_ layout: TextLayout) throws {
        let rows = Self.examples.map(\.row)
        let bytes = try Self.write(rows, layout, Self.columns)
        for cut in 0...bytes.count {
            #expect(try Self.read(bytes, layout, Self.columns, cuts: [cut]) == rows)
            #expect(try Self.read(bytes, layout, Self.columns, cuts: [cut, min(cut + 9, bytes.count)]) == rows)
        }
        #expect(try Self.read(bytes, layout, Self.columns, cuts: Array(0...bytes.count)) == rows)
    }

    @Test("A file that ends early says so at its end, or has fewer rows", arguments: TextLayout.allCases)
    func truncated(_ layout: TextLayout) throws {
        let rows = Self.examples.map(\.row)
        let bytes = try Self.write(rows, layout, Self.columns)
        let header = layout.writer(for: Self.columns).header.count
        for count in 0..<bytes.count {
            do {
                let found = try Self.read(Array(bytes[..<count]), layout, Self.columns)
                #expect(found.count < rows.count && found[...] == rows[..<found.count], "\(count)")
            } catch RowError.cutOff(let row) {
                #expect(row >= 1 && row <= rows.count)
            } catch RowError.header {
                #expect(layout == .csv && count < header)
            }
        }
    }

    @Test("Tables without columns, and rows of one column", arguments: TextLayout.allCases)
    func narrow(_ layout: TextLayout) throws {
        for (columns, rows) in [
            ([], ["", ""]), ([Self.columns[0]], ["\\N", "1", "\\N"]), ([Self.columns[1]], ["\\N", "t"]),
            ([Self.columns[2]], ["\\N", "null"]), ([Self.columns[3]], ["", "\\N", "\\\\."]), (Self.columns, []),
        ] {
            let bytes = try Self.write(rows, layout, columns)
            #expect(try Self.read(bytes, layout, columns) == rows)
            #expect(try Self.read(bytes, layout, columns, cuts: Array(0...bytes.count)) == rows)
        }
    }

    @Test("A long row costs no more than its length, however it is cut", arguments: TextLayout.allCases)
    func long(_ layout: TextLayout) throws {
        let rows = ["1\tt\t{}\t" + String(repeating: "ü\\n\"\\\\", count: 100_000), "2\tt\t[]\t"]
        let bytes = try Self.write(rows, layout, Self.columns)
        let cuts = Array(stride(from: 0, to: bytes.count, by: 100))
        #expect(try Self.read(bytes, layout, Self.columns, cuts: cuts) == rows)
        for cuts in [[], cuts] {
            #expect(throws: RowError.tooLong(row: 1)) {
                try Self.read(bytes, layout, Self.columns, cuts: cuts, limit: 1 << 16)
            }
        }
    }

    @Test("Depth costs nothing")
    func depth() throws {
        let depth = 1_000_000
        let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
        let rows = ["1\tt\t\(open)\(close)\t"]
        #expect(try Self.read(try Self.write(rows, .jsonl, Self.columns), .jsonl, Self.columns) == rows)
        let line = #"{"id":1,"yes or no":true,"data":"# + open + "\n"
        #expect(throws: RowError.malformed(row: 1, what: "it ends too early")) {
            try Self.read(Array(line.utf8), .jsonl, Self.columns)
        }
    }
}
