@testable import Values

/// Texts of one type, good ones and bad ones: a server says which is which.
struct ValueRow: Sendable {
    let sql: String
    let type: ValueType
    /// Texts that the rule decides about.
    let judged: [String]
    /// Texts that it leaves open.
    var unjudged: [String] = []
    /// A text as servers print it, of a type of which most changes leave no value.
    var printed: String?

    static let all: [ValueRow] =
        numbers + times + [
            ValueRow(
                sql: "boolean", type: .boolean,
                judged: [
                    "t", "f", "true", "FALSE", "tr", "y", "yes", "ye", "no", "n", "on", "of", "off", "o", "1", "0",
                    " t ", "\nt", "2", "",
                    "tt", "01", "yess", "онn",
                ]),
            ValueRow(
                sql: "uuid", type: .uuid,
                judged: [
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
                    "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
                    " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                    "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
                    "a0-eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g", "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11", "",
                ], printed: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            ValueRow(
                sql: "bytea", type: .bytea,
                judged: [
                    "\\x", "\\x00ff", "\\xABcd", "\\x0", "\\x0g", "\\x00 ff\n01", "\\x0 0", "abc", "a\\\\b", "a\\b",
                    "a\\000b", "a\\377", "a\\400",
                    "a\\08", "\\X00", "", "a\\", "ü",
                ], printed: "\\x00ff00ff00ff"),
            ValueRow(
                sql: "bit(4)", type: .bits(count: 4, varying: false),
                judged: ["0101", "010", "01011", "b0101", "B01", "xF", "XFF", "x0g", "012", "", "b", "x"]),
            ValueRow(
                sql: "bit varying(4)", type: .bits(count: 4, varying: true),
                judged: ["0101", "", "01010", "b01", "xF", "xFF", "2", "b"]),
            ValueRow(
                sql: "varchar(3)", type: .text(limit: 3),
                judged: ["", "abc", "abc  ", "abcd", "üäö", "üäöü", "日本語", "日本語 ", " abc", "ab\n\n"]),
            ValueRow(
                sql: "char(3)", type: .paddedText(limit: 3), judged: ["", "abc", "abc  ", "abcd", "日本語", "日本語x", "ab "]),
            ValueRow(
                sql: "mood", type: .enumeration(Set(["sad", "it's ok", "ü"].map { Array($0.utf8) })),
                judged: ["sad", "it's ok", "ü", "Sad", "sad ", "", "happy"], printed: "it's ok"),
            ValueRow(sql: "json", type: .json, judged: documents, printed: #"{"a": [1, 2.5, "x"], "b": null}"#),
            ValueRow(sql: "jsonb", type: .jsonb, judged: documents, printed: #"{"a": [1, 2.5, "x"], "b": null}"#),
            ValueRow(
                sql: "int[]", type: .array(.integer(bytes: 4)),
                judged: [
                    "{}", "{1,2}", "{ 1 , 2 }", " {1} ", "{{1,2},{3,4}}", "{{1,2},{3}}", "{1,{2}}", "{{1},2}",
                    "{NULL,null,1}", "{\"1\",2}",
                    "{\"NULL\"}", "{1,}", "{,1}", "{1", "1}", "{1}}", "{1}x", "[0:1]={1,2}",
                    "[2147483646:2147483647]={1,2}",
                    "[2147483645:2147483646]={1,2}", "[0:1]={1}",
                    "[-1:0][1:1]={{1},{2}}", "[1:1]={}",
                    "{a}", "{\"\"}", "{99999999999}", "{1\"2\"}", "{\"1\"2}", "{{{{{{{1}}}}}}}", "{{{{{{1}}}}}}",
                    "{{1},{NULL}}",
                    "{{1}{2}}", "{1 2}", "{{1},}", "", "x",
                ], unjudged: ["{{}}", "[1:0]={}", "{\\1}"], printed: "{1,2,3}"),
            ValueRow(
                sql: "text[]", type: .array(.text(limit: nil)),
                judged: [
                    #"{a,"b c",NULL,"NULL",""}"#, #"{"a\"b","c\\d"}"#, #"{"a"#, #"{a b,  c d }"#, #"{"a,b","{}"}"#,
                    #"{a{b}"#, #"{a"b}"#,
                    #"{"a" , "b"}"#, #"{"a"x}"#, #"{ü}"#,
                ]),
            ValueRow(
                sql: "varchar(2)[]", type: .array(.text(limit: 2)),
                judged: ["{ab,c}", "{abc}", "{\"ab  \"}", "{\"ab c\"}"]),
            ValueRow(
                sql: "timestamptz[]", type: .array(.timestamp(zoned: true)),
                judged: [#"{"2024-01-01 00:00:00+00",NULL}"#, #"{"2024-13-01 00:00:00+00"}"#], unjudged: ["{now}"]),
        ]

    private static let numbers = [
        ValueRow(
            sql: "smallint", type: .integer(bytes: 2),
            judged: [
                "0", "-32768", "32767", "32768", "-32769", "+5", " 5 ", "5 5", "", " ", "0x7F", "0x8000", "1_000",
                "1__0", "_1", "1_", "--5",
            ]),
        ValueRow(
            sql: "integer", type: .integer(bytes: 4),
            judged: [
                "2147483647", "2147483648", "-2147483648", "-2147483649", "1.0", "1e3", "0o17", "0b101", "0b2", "0x",
                "0x_1F", "0x1_F", "0xG",
                "-0x80000000", "a", "1a", "\t7\n", "0007", "+-1", "+ 1", "0_1", "00000000000000000000001",
            ]),
        ValueRow(
            sql: "bigint", type: .integer(bytes: 8),
            judged: [
                "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
                "999999999999999999",
                "99999999999999999999999999", "0x7fffffffffffffff", "0xffffffffffffffff",
            ]),
        ValueRow(
            sql: "numeric", type: .numeric(nil),
            judged: [
                "1", "-1.50", "+.5", "5.", ".", "", "e5", "1e5", "1e", "1e+", "1E-5", "1 e5", " 1 ", "NaN", "nan",
                "-NaN", "Infinity", "-inf", "+INF",
                "infin", "1e131071", "1e131072", "0e131073", "0e2000000", "1e-16383", "1e-16384", "0e-16384", "1_000.5",
                "1__0", "1_.5", "1._5",
                "1.5_0", "0000000001", "1.1.1", "--1", "1a", "0x", "0xg1", "12_", "1e1_0", "1e 6", "1e99999999999",
                "0." + String(repeating: "0", count: 20_000), String(repeating: "9", count: 131_072),
                String(repeating: "9", count: 131_073),
            ], unjudged: ["0x1F", "0b11", "0o7_7"], printed: "-1234.50"),
        ValueRow(
            sql: "numeric(5,2)", type: .numeric(NumericLimit(precision: 5, scale: 2)),
            judged: [
                "999.99", "999.994", "999.995", "1000", "-999.995", "0.001", "1e3", "1e2", "99999e-2", "NaN",
                "Infinity", "0", "1e-400", "00099.9",
                "999.9949999",
            ]),
        ValueRow(
            sql: "numeric(3,-2)", type: .numeric(NumericLimit(precision: 3, scale: -2)),
            judged: ["99900", "99949", "99950", "100000", "-99949", "49", "0"]),
        ValueRow(
            sql: "numeric(2,4)", type: .numeric(NumericLimit(precision: 2, scale: 4)),
            judged: ["0.0099", "0.00994", "0.00995", "0.01", "0", "1", "0.00001"]),
        ValueRow(
            sql: "real", type: .float(bytes: 4),
            judged: [
                "1", "1.5e10", "3.4e38", "3.5e38", "1e-45", "1e-46", "nan", "-Infinity", "inf", "0", "0.0", "1e-400",
                "x", "", " 1 ", "1 2", "1e",
            ]),
        ValueRow(
            sql: "double precision", type: .float(bytes: 8),
            judged: [
                "1e+300", "1.7976931348623157e+308", "1e309", "5e-324", "1e-400", "-0", "NaN", "+inf", "infinity",
                "123456789012345678901", "1.2.3",
                "1-2", ".", "5.", ".5", "0x1p3", "1d5", "-", "1e5 ",
            ]),
    ]

    private static let times = [
        ValueRow(
            sql: "date", type: .date,
            judged: [
                "2024-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32", "0000-01-01",
                "0001-01-01", "0001-01-01 BC",
                "4714-11-24 BC", "4714-11-23 BC", "5874897-12-31", "5874898-01-01", "infinity", "-infinity",
                "2024-01-01 10:00:00",
                "2024-01-01 10:00:00+02", "0000-01-01 BC", "1900-02-29", "2000-02-29", "0001-02-29 BC", "0005-02-29 BC",
                "", " ", "2024-01-0ü",
                "2024-01-01 p",
            ], unjudged: ["Jan 8 1999", "today", "20240101", "2024-1-1", "epoch", "2024.001", "J2451187"]),
        ValueRow(
            sql: "timestamp", type: .timestamp(zoned: false),
            judged: [
                "2024-01-01 10:00:00", "2024-01-01 10:00:00.123456", "2024-01-01 10:00:00.1234567",
                "2024-01-01 24:00:00", "2024-01-01 24:00:01",
                "2024-01-01 25:00:00", "2024-01-01 10:60:00", "2024-01-01 10:00:60", "2024-01-01 10:00:61",
                "2024-01-01 10:00", "2024-01-01",
                "294276-12-31 23:59:59.999999", "294277-01-01 00:00:00", "4714-11-24 00:00:00 BC",
                "4714-11-23 23:59:59 BC", "2024-02-30 00:00:00",
                "2024-01-01 10:00:00+02", "2024-01-01 10:00:00+16", "2024-01-01 10:00:60.5", "infinity",
                "2024-01-01 24:00:00.1",
                "2024-01-01 23:59:60", "2024-01-01 23:59:59.9999999",
            ], unjudged: ["2024-01-01T10:00:00", "now", "2024-01-01 10:00 AM"]),
        ValueRow(
            sql: "timestamptz", type: .timestamp(zoned: true),
            judged: [
                "2024-01-01 10:00:00+00", "2024-01-01 10:00:00-03:30", "1880-01-01 00:00:00+00:53:28",
                "2024-01-01 10:00:00+15:59:59",
                "2024-01-01 10:00:00+16:00", "2024-01-01 10:00:00+15:60", "2024-01-01 10:00:00+00 BC",
                "294276-12-31 23:59:59-15",
                "294277-01-01 01:00:00+02", "2024-01-01 10:00:00", "4714-11-24 00:00:00+00 BC",
                "4714-11-24 00:00:00+01 BC",
            ],
            unjudged: [
                "2024-01-01 10:00:00 UTC", "2024-01-01 10:00:00Z", "2024-01-01 10:00:00+0530",
                "2024-01-01 10:00:00 Europe/Berlin",
            ]),
        ValueRow(
            sql: "time", type: .time(zoned: false),
            judged: [
                "10:00:00", "10:00", "24:00:00", "24:00:01", "10:60:00", "10:00:60", "10:00:61", "25:00:00",
                "10:00:00.5", "", "23:59:60",
            ],
            unjudged: ["10:00 AM", "allballs", "1:00:00"]),
        ValueRow(
            sql: "timetz", type: .time(zoned: true),
            judged: ["10:00:00+02", "10:00:00-03:30", "10:00:00+16", "24:00:00+00", "25:00:00+00"],
            unjudged: ["10:00:00 UTC"]),
        ValueRow(
            sql: "interval", type: .interval,
            judged: [
                "1 year 2 mons -3 days +04:05:06.789", "-1 years", "00:00:00", "100:00:00", "-00:00:00.000001", "1 day",
                "3 mons", "", " ", "1 ü",
                "99999999 days", "178000000 years", "-178000000 years 11 mons 2147483647 days 2562047787:59:59",
                "1 day 1 day x",
            ], unjudged: ["P1Y2M", "1 week", "@ 1 day ago", "5"]),
    ]

    private static let documents = [
        "{}", "[]", "1", "\"x\"", "null", "true", "false", " [1, 2] ", "[1,]", "[,1]", "{\"a\":1,\"a\":2}", "{a:1}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "01", "-1", "-", "+1", ".5", "1.", "1.5", "1e5", "1E+5", "1e", "-0", "0.0e-0", "NaN", "Infinity", "tru",
        "truex", "nulll", "1x", "1 2", "\"", "\"a",
        "\"\\n\\t\\\"\\\\\\/\\b\\f\\r\"", "\"\\x\"", "\"\\u00e4\"", "\"\\u00\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"", "\"\\ude00\"",
        "\"\\ud83dx\"", "\"\\ud83d\\n\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\ud83d\"", "\"a\tb\"", "\"a\nb\"",
        "\"\u{7f}\"", "", " ", "\u{feff}1", "\u{c}1", "\u{b}1",
        "[1\u{a0}]", "{\"ä\":\"ö\"}", "1e400", "1e200000", "1e-20000", "0e-20000", "1e131071",
        "{\"a\":[{\"b\":[1,{\"c\":null}]}]}", "[[[[]]]]", "[[[]", "[]]", "{]", "[}",
        "{1:2}", "{\"a\":1 \"b\":2}", "[1 2]", "\"\\\"", "[\"\\u12\"]", "{\"a\":1}}", "nullnull", "[true,false,null]",
        "1.5.5", "1_000",
        String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000), String(repeating: "[", count: 3000),
    ]
}
