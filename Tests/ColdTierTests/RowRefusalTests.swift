import ColdTier
import Rows
import Testing

/// What neither PostgreSQL nor we would have written is refused, by row, with a reason and without its values.
@Suite struct RowRefusalTests {
    private static let columns = RowCodingTests.columns

    @Test(
        "Rows that no server wrote are not written into a file",
        arguments: [
            ("1\tt\t{}\ta\\", "an escape that is never written"), ("1\tt\t{}\t\\q", "an escape that is never written"),
            ("1\tt\t{}\ta\\N", "an escape that is never written"),
            ("1\tt\t{}\t\\.", "an escape that is never written"),
            ("1\tt\t{}\t\\x41", "an escape that is never written"),
            ("1\tt\t{}\ta\r", "a control byte where none is ever written"),
            ("1\tt\t{}\ta\0", "a control byte where none is ever written"),
        ])
    func escapes(_ row: String, _ what: String) {
        for layout in TextLayout.allCases {
            #expect(throws: RowError.malformed(row: 1, what: what), "\(layout)") {
                try RowCodingTests.write([row], layout, Self.columns)
            }
        }
    }

    @Test(
        "Nor are values that are not of their column's kind",
        arguments: [
            ("a,b\tt\t{}\t", TextLayout.csv, "not a valid number"),
            ("\tt\t{}\t", .csv, "not a valid number"),
            ("1\ttrue\t{}\t", .csv, "a boolean that is neither true nor false"),
            ("1\ttrue\t{}\t", .jsonl, "a boolean that is neither true nor false"),
            ("1\ty\t{}\t", .csv, "a boolean that is neither true nor false"),
            ("1\ty\t{}\t", .jsonl, "a boolean that is neither true nor false"),
            ("1\tt\t\t", .jsonl, "JSON that jsonb never looks like"),
            ("1\tt\t\"\\n\"\t", .jsonl, "JSON that jsonb never looks like"),
        ])
    func kinds(_ row: String, _ layout: TextLayout, _ what: String) {
        #expect(throws: RowError.malformed(row: 1, what: what)) {
            try RowCodingTests.write([row], layout, Self.columns)
        }
    }

    @Test("A row has as many fields as there are columns", arguments: TextLayout.allCases)
    func fieldCount(_ layout: TextLayout) {
        for (row, found) in [("1\tt\t{}", 3), ("1\tt\t{}\ta\tb", 5), ("\\N", 1)] {
            #expect(throws: RowError.fieldCount(row: 2, expected: 4, found: found)) {
                try RowCodingTests.write(["1\tt\t{}\ta", row], layout, Self.columns)
            }
        }
        #expect(throws: RowError.fieldCount(row: 1, expected: 0, found: 1)) {
            try RowCodingTests.write(["a"], layout, [])
        }
    }

    private static let header = "id,\"yes or no\",data,\"say \"\"hi\"\"\\\n\"\n"

    @Test(
        "CSV of other writers is refused",
        arguments: [
            (#"1,true,"{}","a"b"#, "text after a closing quote"), (#"1,true,"{}",a"#, "text without quotes"),
            (#"1,true,{},"a""#, "text without quotes"), (#"1,t,"{}","a""#, "a boolean that is neither true nor false"),
            (#"1,truely,"{}","a""#, "text after a closing quote"),
            (#"1,tru"#, "a boolean that is neither true nor false"),
            (#""1",true,"{}","a""#, "not a valid number"), (#"1 ,true,"{}","a""#, "not a valid number"),
            (#"1,true, "{}","a""#, "text without quotes"), (#"1,true,"{}","a" "#, "text after a closing quote"),
            ("1,true,\"{}\",\"a\0\"", "a control byte where none is ever written"),
            ("1,true,\"{}\",\"a\"\r", "text after a closing quote"),
        ])
    func csv(_ line: String, _ what: String) {
        let bytes = Array((Self.header + ",,,\n" + line + "\n").utf8)
        for cuts in [[], Array(0...bytes.count)] {
            #expect(throws: RowError.malformed(row: 2, what: what)) {
                try RowCodingTests.read(bytes, .csv, Self.columns, cuts: cuts)
            }
        }
    }

    @Test("CSV has a header, and rows of so many fields")
    func csvFields() {
        for header in ["", "id,data\n", Self.header.uppercased(), String(Self.header.dropLast())] {
            #expect(throws: RowError.header) {
                try RowCodingTests.read(Array(header.utf8), .csv, Self.columns)
            }
        }
        for (line, found) in [(",,", 3), (",,,,", 5), (#"1,true,"a,b""#, 3), ("", 1), (#"1,,"","a,",2"#, 5)] {
            #expect(throws: RowError.fieldCount(row: 1, expected: 4, found: found), "\(line)") {
                try RowCodingTests.read(Array((Self.header + line + "\n").utf8), .csv, Self.columns)
            }
        }
    }

    @Test(
        "JSON of other writers is refused",
        arguments: [
            (#"{"id":1,"yes or no":true,"data":{},KEY:"a"} "#, "text after the end of the row"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"a"}}"#, "text after the end of the row"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"a""#, "it ends too early"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"a"#, "it ends too early"),
            (#"{"id":1,"yes or no":true,"data":{"a": "}"#, "it ends too early"),
            (#"{"id":1,"yes or no":true,"data":,KEY:"a"}"#, "JSON that jsonb never looks like"),
            (#"{"id":1,"yes or no":true,"data":nil,KEY:"a"}"#, "JSON that jsonb never looks like"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"a","more":1}"#, "another key than the next column's"),
            (#"{"id":1,"yes or no":true,"data":{}}"#, "another key than the next column's"),
            (#"{"yes or no":true,"id":1,"data":{},KEY:"a"}"#, "another key than the next column's"),
            (#"{ "id":1,"yes or no":true,"data":{},KEY:"a"}"#, "another key than the next column's"),
            (#"{"id": 1,"yes or no":true,"data":{},KEY:"a"}"#, "not a valid number"),
            (#"{"id":"1","yes or no":true,"data":{},KEY:"a"}"#, "not a valid number"),
            (#"{"id":01,"yes or no":true,"data":{},KEY:"a"}"#, "another key than the next column's"),
            (#"{"id":1,"yes or no":"t","data":{},KEY:"a"}"#, "a boolean that is neither true nor false"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:a}"#, "text without quotes"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\/"}"#, "an escape that is never written"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\v"}"#, "an escape that is never written"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\u000a"}"#, "an escape that is never written"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\u0000"}"#, "an escape that is never written"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\u001F"}"#, "an escape that is never written"),
            (#"{"id":1,"yes or no":true,"data":{},KEY:"\u00fc"}"#, "an escape that is never written"),
            ("{\"id\":1,\"yes or no\":true,\"data\":{},KEY:\"\t\"}", "a control byte where none is ever written"),
            ("{\"id\":1,\"yes or no\":true,\"data\":{\t},KEY:\"\"}", "a control byte where none is ever written"),
            ("[]", "JSON that jsonb never looks like"), ("", "JSON that jsonb never looks like"),
        ])
    func json(_ line: String, _ what: String) {
        let good = RowCodingTests.examples[1].json
        let text = (good + "\n" + line + "\n").replacing("KEY", with: RowCodingTests.key)
        #expect(throws: RowError.malformed(row: 2, what: what)) {
            try RowCodingTests.read(Array(text.utf8), .jsonl, Self.columns)
        }
    }

    @Test("COPY text of other writers is refused")
    func copy() {
        for line in ["\\.", "1\tt\t{}\t\\x41", "1\tt\t{}\ta\u{b}"] {
            #expect(throws: RowError.self) { try RowCodingTests.read(Array((line + "\n").utf8), .copy, Self.columns) }
        }
        #expect(throws: RowError.fieldCount(row: 1, expected: 4, found: 2)) {
            try RowCodingTests.read(Array("1\t2\n".utf8), .copy, Self.columns)
        }
    }

    @Test("An error names the row and says what is wrong")
    func descriptions() {
        let errors: [RowError] = [
            .fieldCount(row: 3, expected: 2, found: 1), .header, .cutOff(row: 3), .tooLong(row: 3),
            .malformed(row: 3, what: "text after a closing quote"),
        ]
        for error in errors where error != .header { #expect("\(error)".contains("row 3"), "\(error)") }
    }
}
