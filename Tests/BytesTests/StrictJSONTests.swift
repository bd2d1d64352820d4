import Bytes
import Foundation
import Testing

/// Only a document that all readers understand alike passes.
@Suite struct StrictJSONTests {
    @Test(
        arguments: [
            "{}", "[]", "null", " { \"a\" : [ 1 , -0.5e+3 , \"x\\u0041\\ud83d\\ude00\" , { } , true ] } \n", "0",
            "\"\"",
            #"{"a":{"a":1},"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"A":2}"#, "\"\u{7f}é\u{2028}\"",
            String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
        ])
    func passes(_ text: String) throws {
        try StrictJSON.check(Data(text.utf8))
    }

    @Test(
        arguments: [
            "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "1.",
            ".5", "+1",
            "1e", "-", "tru", "nulL", "NaN", "\"", "\"\\\"", "\"\n\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ude00\"", "\"\\ud800\\n\"", "\"\\ud800x\"", "{} {}", "[]x", "\u{feff}{}", "[1]\0", "/**/{}", "[1 2]",
        ])
    func refuses(_ text: String) {
        #expect { try StrictJSON.check(Data(text.utf8)) } throws: {
            if case .malformed? = $0 as? StrictJSONError { true } else { false }
        }
    }

    @Test(
        "Bytes that are not UTF-8",
        arguments: [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0x80]] as [[UInt8]])
    func notText(_ bytes: [UInt8]) {
        #expect(throws: StrictJSONError.malformed(offset: 0)) {
            try StrictJSON.check(Data([0x22] + bytes + [0x22]))
        }
    }

    @Test(
        arguments: [
            (#"{"a":1,"a":2}"#, "a"), (#"{"payload":1,"payl\u006fad":2}"#, "payload"), (#"{"\u0061":1,"a":2}"#, "a"),
            (#"[[{"x":{"b":1,"c":2,"b":3}}]]"#, "b"), (#"{"":1,"":2}"#, ""), (#"{"a\n":1,"a\u000a":2}"#, "a\n"),
            (#"{"\ud83d\ude00":1,"😀":2}"#, "😀"), (#"{"a":{"b":1},"c":1,"a":1}"#, "a"), (#"{"\/":1,"/":1}"#, "/"),
            // Swift holds them for one key: the sign for Kelvin, and an accent in two forms.
            ("{\"K\":1,\"\u{212a}\":2}", "K"), ("{\"\u{e9}\":1,\"e\u{301}\":2}", "é"),
            ("{" + (0..<40).map { "\"k\($0 % 39)\":0" }.joined(separator: ",") + "}", "k0"),
        ])
    func refusesAKeyThatIsThereTwice(_ text: String, _ key: String) {
        #expect(throws: StrictJSONError.duplicateKey(key)) { try StrictJSON.check(Data(text.utf8)) }
    }

    @Test func refusesWhatIsTooDeep() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = String(repeating: open, count: 1_000_000) + "1" + String(repeating: close, count: 1_000_000)
            #expect(throws: StrictJSONError.tooDeep) { try StrictJSON.check(Data(text.utf8)) }
        }
    }

    @Test func decodesWhatPasses() throws {
        #expect(try StrictJSON.decode([String: Int].self, from: Array("{\"a\": 1}".utf8)) == ["a": 1])
        #expect(throws: StrictJSONError.duplicateKey("a")) {
            try StrictJSON.decode([String: Int].self, from: Array("{\"a\": 1, \"a\": 1}".utf8))
        }
    }
}
