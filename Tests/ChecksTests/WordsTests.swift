import PlanFile
import Postgres
import Testing

@testable import Checks

/// Small texts and names.
@Suite struct WordsTests {
    static let durations: [(seconds: Int, text: String, reason: String)] = [
        (0, "0s", "nothing"), (59, "59s", "seconds"), (60, "1m", "a whole minute"), (3600, "1h", "a whole hour"),
        (5400, "90m", "whole minutes are not hours and minutes"), (86_400, "1d", "a whole day"),
        (3661, "1h 1m", "the two largest parts"), (90_061, "1d 1h", "seconds do not matter after a day"),
        (86_401, "1d 1s", "a part of nothing is left out"),
    ]

    @Test(arguments: durations)
    func durationsAreToldAsAPlanWritesThem(_ seconds: Int, _ words: String, _ reason: String) {
        #expect(HumanText.text(.seconds(seconds)) == words, "\(reason)")
    }

    @Test(
        arguments: [
            (.milliseconds(50), "50ms"), (.milliseconds(1500), "1500ms"), (.seconds(2), "2s"), (.seconds(90), "1m 30s"),
        ] as [(Duration, String)])
    func limitsAreToldAsAPlanWritesThem(_ limit: Duration, _ words: String) {
        #expect(HumanText.text(limit) == words)
    }

    static let tables: [(text: String, schema: String?, name: String?, reason: String)] = [
        ("farmers", "public", "farmers", "public is where tables are unless said otherwise"),
        ("crm.farmers", "crm", "farmers", "schema and name"), ("Ärger", "public", "Ärger", "any letter"),
        ("a.b.c", nil, nil, "one part too many"), ("a.", nil, nil, "no name"), (".a", nil, nil, "no schema"),
        ("", nil, nil, "nothing"), ("Farmers", "public", "Farmers", "letters stay as they are, without quotes too"),
        (#""Farmers""#, "public", "Farmers", "as SQL writes it"),
        (#"crm."Farmers""#, "crm", "Farmers", "one part in quotes"),
        (#""a.b"."c""d""#, "a.b", #"c"d"#, "a dot and a quote in names"), (#""""#, nil, nil, "no name in the quotes"),
        (#""a"#, nil, nil, "no closing quote"), (#""a"b"#, nil, nil, "something after it"),
        (#"a"b"#, "public", #"a"b"#, "a quote within a name"), (#""a"."#, nil, nil, "no name after the dot"),
    ]

    @Test(arguments: tables)
    func tableNames(_ text: String, _ schema: String?, _ name: String?, _ reason: String) {
        let parsed = TableName(parsing: text)
        #expect(parsed?.schema == schema, "\(reason)")
        #expect(parsed?.name == name, "\(reason)")
    }

    @Test(arguments: [
        ("t.c", "public.t.c", "table and column"), ("s.t.c", "s.t.c", "with a schema"), ("c", nil, "no table"),
        (#"s."T"."when.at""#, "s.T.when.at", "as SQL writes it"), ("t.", nil, "no column"),
        ("a.b.c.d", nil, "one part too many"),
    ])
    func columnNames(_ text: String, _ expected: String?, _ reason: String) {
        #expect(ColumnName(parsing: text)?.description == expected, "\(reason)")
    }

    @Test(arguments: [
        (RowCountExpectation(minimum: 2), 2, true, "the minimum itself"),
        (RowCountExpectation(minimum: 2), 1, false, "below it"),
        (RowCountExpectation(maximum: 2), 2, true, "the maximum itself"),
        (RowCountExpectation(maximum: 2), 3, false, "above it"),
        (RowCountExpectation(exactly: 0), 0, true, "nothing, on purpose"),
        (RowCountExpectation(exactly: 0), 1, false, "something where nothing should be"),
    ])
    func bounds(_ expectation: RowCountExpectation, _ rows: Int64, _ allowed: Bool, _ reason: String) {
        #expect(expectation.allows(rows) == allowed, "\(reason)")
    }

    @Test(arguments: [
        ("1.6", "1.6", false, "the same"), ("1.9", "1.10", true, "number by number"), ("9", "10", true, "not as text"),
        ("1.6", "1.6.0", false, "what is left out is 0"), ("1.6", "1.6.1", true, "one number more"),
        ("2", "1.9.9", false, "the first number counts most"), ("007", "8", true, "zeros before it do not matter"),
    ])
    func versionsAreComparedByNumbers(_ left: String, _ right: String, _ isEarlier: Bool, _ reason: String) throws {
        let (left, right) = (try #require(VersionNumber(parsing: left)), try #require(VersionNumber(parsing: right)))
        #expect((left < right) == isEarlier, "\(reason)")
    }

    @Test(arguments: ["", ".", "1.", ".1", "1..2", "v1", "1.0dev", "-1", "+1", "1 ", "\u{0663}", "1234567890123456789"])
    func whatIsNoVersionNumber(_ text: String) {
        #expect(VersionNumber(parsing: text) == nil)
    }

    @Test(arguments: [
        ("FOR VALUES FROM (1) TO (10)", ["1"], ["10"]),
        ("FOR VALUES FROM (MINVALUE) TO ('a, (''b)')", ["MINVALUE"], ["'a, (''b)'"]),
        (#"FOR VALUES FROM (E'\\', 'é') TO (MAXVALUE, MAXVALUE)"#, [#"E'\\'"#, "'é'"], ["MAXVALUE", "MAXVALUE"]),
    ])
    func boundsOfRanges(_ text: String, _ lower: [String], _ upper: [String]) throws {
        let bound = try #require(RangeBound(parsing: text))
        #expect(bound.lower.map(\.text) == lower)
        #expect(bound.upper.map(\.text) == upper)
    }

    @Test(arguments: [
        "", "DEFAULT", "FOR VALUES IN (1)", "FOR VALUES FROM (1)", "FOR VALUES FROM (1) TO (2, 3)",
        "FOR VALUES FROM ('1) TO (2)", "FOR VALUES FROM () TO ()", "FOR VALUES FROM (1) TO (2) x",
    ])
    func whatIsNoRange(_ text: String) {
        #expect(RangeBound(parsing: text) == nil)
    }
}
