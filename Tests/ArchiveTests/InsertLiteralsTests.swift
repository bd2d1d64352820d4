import Testing

@testable import Archive

/// Values of INSERT statements, and the row that COPY writes of them.
@Suite(.keepsItsThread) struct InsertLiteralsTests {
    private func outcome(
        _ values: String, generated: Set<Int> = [], width: Int? = nil, conforming: Bool = true
    ) -> (InsertLiterals.Outcome, String) {
        var literals = InsertLiterals(standardConformingStrings: conforming, isUTF8: true)
        let width = width ?? values.split(separator: ",").count
        let outcome = Array(values.utf8).withUnsafeBytes {
            literals.take($0, generated: generated, width: width)
        }
        return (outcome, String(decoding: literals.row, as: UTF8.self))
    }

    @Test(
        "As pg_dump writes them",
        arguments: [
            ("1", "1", 1), ("-1, 2.50, 1e+20, -.5E-7", "-1\t2.50\t1e+20\t-.5E-7", 4),
            ("NULL, true, false, null", "\\N\tt\tf\t\\N", 4), ("'', 'a''b', 'NaN'", "\ta'b\tNaN", 3),
            ("B'0101', E'', ' x '", "0101\t\t x ", 3), ("'a\\b\nc\td'", "a\\\\b\\nc\\td", 1), ("'\\N'", "\\\\N", 1),
            (
                #"E'a\'b\\c\n\t\101\x41\u00e9\U0001F33E\q'"#, "a'b\\\\c\\n\\tAA\u{e9}\u{1F33E}q", 1
            ),
            (" 1 ,\n'x' ", "1\tx", 2), ("'é🌾'", "é🌾", 1),
        ])
    func literals(_ values: String, _ row: String, _ count: Int) {
        #expect(outcome(values) == (.values(count), row))
    }

    @Test func aBackslashEscapesWhereTheDumpSaysSo() {
        #expect(outcome("'a\\\\b'", conforming: false) == (.values(1), "a\\\\b"))
        #expect(outcome("'a\\\\b'") == (.values(1), "a\\\\\\\\b"))
    }

    @Test func aRowOfAnotherWidthIsToldAsThat() {
        #expect(outcome("1, DEFAULT").0 == .unknown(1))
        #expect(outcome("1, DEFAULT", width: 3).0 == .values(2))
    }

    /// A table without columns has rows of DEFAULT VALUES.
    @Test(arguments: [("", 0), (" ", 0), ("1,", 1), ("1, ", 1), (",1", 0), ("'a',,2", 1), (",", 0)])
    func valuesThatAreMissingAreTold(_ values: String, _ place: Int) {
        for width in 0...3 { #expect(outcome(values, width: width).0 == .missing(place), "\(width)") }
    }

    @Test func generatedColumnsAreLeftOut() {
        #expect(outcome("DEFAULT, 1, DEFAULT, 2", generated: [0, 2]) == (.values(4), "1\t2"))
        #expect(outcome("DEFAULT", generated: [0]) == (.values(1), ""))
        #expect(outcome("1, 2", generated: [1]).0 == .unknown(1))
    }

    @Test(
        "Anything else is not checked",
        arguments: [
            "DEFAULT", "now()", "1::text", "'a'::text", "ARRAY[1]", "X'1F'", "ROW(1)", "'open", "e1", "truest", "1 2",
            "--", "E'\\u12'", "$$a$$", "nullif",
        ])
    func others(_ value: String) {
        for values in [value, "\(value), 1"] { #expect(outcome(values).0 == .unknown(0), "\(values)") }
        #expect(outcome("1, \(value)").0 == .unknown(1))
    }
}
