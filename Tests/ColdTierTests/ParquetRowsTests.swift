import Parquet
import Rows
import TestSupport
import Testing

@testable import ColdTier

/// Canonical rows go into Parquet files and come out as they were.
@Suite struct ParquetRowsTests {
    static func write(
        _ rows: [String], _ columns: [ExportColumn], _ fallbacks: [ExportManifest.Fallback] = [],
        rowGroup: Int = 8 << 20
    ) throws -> [UInt8] {
        let request = ExportRequest(
            plan: "test", tables: [], layout: .parquet, jobs: 1, output: "/", signer: nil, toolVersion: "1.2.3")
        let encoder = try ParquetEncoder(
            ParquetColumn.columns(columns, fallbacks), request.encoding, rowGroupBytes: rowGroup)
        var file: [UInt8] = []
        for (index, row) in rows.enumerated() {
            // Memory of its own, so that reading beyond its end would not go unnoticed under a sanitizer.
            try Array(row.utf8).withUnsafeBytes { try encoder.add($0, number: Int64(index + 1)) { file += $0 } }
        }
        _ = try encoder.finish { file += $0 }
        return file
    }

    static func read(
        _ bytes: [UInt8], _ columns: [ExportColumn], _ fallbacks: [ExportManifest.Fallback] = [], cut: Int = 4096,
        limit: Int = CopyRows.maximumRow
    ) throws -> [String] {
        let decoder = try ParquetDecoder(ParquetColumn.columns(columns, fallbacks), limit: limit)
        var rows: [String] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            try Array(bytes[start..<min(bytes.count, start + cut)]).withUnsafeBytes {
                try decoder.read($0) { rows.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        _ = try decoder.finish()
        return rows
    }

    /// A type, and fields that a server prints for it.
    static let examples: [(type: String, fields: [String])] = [
        ("boolean", ["t", "f"]), ("smallint", ["0", "-32768", "32767"]),
        ("integer", ["-2147483648", "2147483647", "7"]),
        ("bigint", ["-9223372036854775808", "9223372036854775807", "0"]),
        (
            "real",
            [
                "0", "-0", "NaN", "Infinity", "-Infinity", "1e-45", "3.4028235e+38", "0.1", "1e+06", "999999",
                "1.6777216e+07", "0.0001", "1e-05", "-1.5",
            ]
        ),
        (
            "double precision",
            [
                "0", "-0", "NaN", "Infinity", "-Infinity", "5e-324", "1.7976931348623157e+308", "0.1", "1e+15",
                "999999999999999", "0.30000000000000004", "1e-07", "123456.789", "100", "9.007199254740992e+15",
            ]
        ),
        ("numeric(1,0)", ["0", "-9", "9"]), ("numeric(10,2)", ["0.00", "-0.01", "99999999.99", "1.50"]),
        (
            "numeric(38,38)",
            ["0." + String(repeating: "9", count: 38), "-0." + String(repeating: "0", count: 37) + "1"]
        ),
        ("numeric(38,0)", [String(repeating: "9", count: 38), "-" + String(repeating: "9", count: 38), "0"]),
        ("date", ["1970-01-01", "4713-11-24 BC", "5874897-12-31", "0001-01-01"]),
        (
            "timestamp(3) with time zone",
            [
                "1970-01-01 00:00:00+00", "1969-12-31 23:59:59.999999+00", "4714-11-24 00:00:00+00 BC",
                "294247-01-10 04:00:54.775807+00",
            ]
        ),
        ("timestamp without time zone", ["2022-07-01 12:00:00.1", "0044-03-15 00:00:00 BC"]),
        ("uuid", ["00000000-0000-0000-0000-000000000000", "3fa85f64-5717-4562-b3fc-2c963f66afa6"]),
        ("bytea", [#"\\x"#, #"\\x00ff5c0a"#]), ("json", [#"{ "a" :\n 1 }"#, "null", #""\\\\u0000""#]),
        ("jsonb", [#"{"a": "\\\\ \\""}"#, "[]"]), ("text", ["", "NULL", #"\\N"#, #"a\tb\\c\r\v\f\bž🌾"#]),
        ("interval", ["1 mon -1 days", "00:00:00"]), ("numeric", ["NaN", "1.00"]),
        ("integer[]", ["{}", "{1}", "{NULL,-3,NULL}"]),
        (
            "text[]",
            [#"{a,"b c","",NULL,"NULL","null","{","\\\\","\\"",",","\n",x}"#, #"{"a b"}"#, "{žito}"]
        ),
        ("numeric(5,2)[]", ["{1.00,-0.50,NULL}"]), ("bytea[]", [#"{"\\\\x","\\\\x00ff"}"#]),
        ("timestamp with time zone[]", [#"{"2022-07-01 12:00:00+00",NULL}"#]), ("boolean[]", ["{t,f,NULL}"]),
        ("jsonb[]", [#"{"{\\"a\\": 1}","null",1}"#]), ("double precision[]", ["{NaN,Infinity,0.1}"]),
        ("uuid[]", ["{3fa85f64-5717-4562-b3fc-2c963f66afa6}"]), ("public.mood[]", [#"{good,"it's odd"}"#]),
    ]

    private static func column(_ type: String, _ name: String = "a") -> ExportColumn {
        ExportColumn(name: name, type: type, kind: .text)
    }

    @Test("Values of every type come back", arguments: examples.indices)
    func types(_ index: Int) throws {
        let (type, fields) = Self.examples[index]
        let rows = fields + ["\\N"] + fields.reversed()
        // Often enough for a dictionary, and in several row groups.
        let many = Array(repeatElement(rows, count: 40).joined())
        for (rows, group) in [(rows, 1 << 20), (many, 1 << 20), (many, 256), ([], 256)] {
            let columns = [Self.column(type)]
            let file = try Self.write(rows, columns, rowGroup: group)
            #expect(try Self.read(file, columns) == rows, "\(type)")
            #expect(try Self.read(file, columns, cut: 7) == rows, "\(type)")
            let asText = [ExportManifest.Fallback(column: "a", reason: .shape)]
            #expect(try Self.read(Self.write(rows, columns, asText), columns, asText) == rows, "\(type)")
        }
    }

    @Test("All of them in one table")
    func oneTable() throws {
        let columns = Self.examples.enumerated().map { Self.column($0.element.type, "c\($0.offset)") }
        let rows = (0..<100).map { number in
            Self.examples.indices.map { index in
                let fields = Self.examples[index].fields
                return (number + index) % 7 == 0 ? "\\N" : fields[(number * 31 + index) % fields.count]
            }.joined(separator: "\t")
        }
        for group in [1 << 20, 2000] {
            #expect(try Self.read(Self.write(rows, columns, rowGroup: group), columns) == rows)
        }
    }

    @Test("Strings of a boundary width, with what COPY escapes anywhere in them")
    func texts() throws {
        var generator = SeededGenerator(11)
        let columns = [Self.column("text", "a"), Self.column("bytea", "b"), Self.column("text[]", "c")]
        let rows = (0..<400).map { count in
            let text = (0..<count % 70).map { _ in
                ["a", "\\n", "\\\\", "ü", "\\t", "\u{1}", "\"", ","].randomElement(using: &generator)!
            }.joined()
            return "\(text)\t\\\\x\(String(repeating: "5c", count: count % 40))\t{a,NULL,\"\(count) b\"}"
        }
        #expect(try Self.read(Self.write(rows, columns), columns, cut: 100) == rows)
    }

    @Test(
        "What a column cannot hold is refused when it is written",
        arguments: [
            ("smallint", "32768"), ("integer", "1.0"), ("bigint", "01"), ("bigint", "-0"), ("bigint", ""),
            ("boolean", "true"),
            ("numeric(5,2)", "NaN"), ("numeric(5,2)", "1000.00"), ("numeric(5,2)", "1.0"), ("numeric(5,2)", "-0.00"),
            ("numeric(5,2)", "01.00"), ("date", "infinity"), ("date", "2022-02-30"), ("date", "2022-01-01 00:00:00"),
            ("timestamp with time zone", "-infinity"), ("timestamp with time zone", "2022-01-01 00:00:00"),
            ("timestamp with time zone", "294247-01-10 04:00:54.775808+00"),
            ("timestamp without time zone", "2022-01-01 00:00:00+00"), ("uuid", "3FA85F64-5717-4562-b3fc-2c963f66afa6"),
            ("uuid", "x"), ("bytea", #"\\x0"#), ("bytea", #"\\xFF"#), ("bytea", "00"), ("real", "0.10"),
            ("real", "1e5"),
            ("double precision", "0x10"), ("double precision", "inf"), ("double precision", " 1"),
            ("integer[]", "{{1},{2}}"),
            ("integer[]", "[0:1]={7,8}"), ("integer[]", "{1,}"), ("integer[]", "{1"), ("text[]", "{\"a}"),
            ("text", "a\\q"),
        ])
    func misfits(_ type: String, _ field: String) {
        #expect(throws: RowError.self) { try Self.write([field], [Self.column(type)]) }
        #expect(throws: RowError.fieldCount(row: 1, expected: 1, found: 2)) {
            try Self.write(["\\N\t\\N"], [Self.column(type)])
        }
    }

    @Test("Types of columns, and why some have none")
    func columnTypes() {
        func type(_ text: String, base: String? = nil) -> ColumnSchema {
            ParquetColumn(ExportColumn(name: "a", type: text, base: base, kind: .text)).schema
        }
        #expect(type("public.percent", base: "numeric(5,2)").type == .decimal(precision: 5, scale: 2))
        #expect(type("public.mood", base: "enum").type == .text)
        #expect(type("public.mood[]", base: "enum[]") == ColumnSchema(name: "a", type: .text, isList: true))
        #expect(type("box[]", base: "text") == ColumnSchema(name: "a", type: .text))
        #expect(type("public.grid[]", base: "integer[][]") == ColumnSchema(name: "a", type: .text))
        #expect(type("timestamp(0) without time zone").type == .timestamp(inUTC: false))
        for text in ["numeric", "numeric(39,0)", "numeric(2,3)", "numeric(3,-2)"] {
            #expect(ParquetColumn.type(of: ExportColumn(name: "a", type: text, kind: .number)).type == nil, "\(text)")
            #expect(type(text).type == .text)
        }
    }

    @Test("A file that is damaged is refused, or holds the same rows")
    func damage() throws {
        let columns = [Self.column("bigint", "a"), Self.column("text", "b"), Self.column("integer[]", "c")]
        let rows = (0..<20).map { "\($0)\t\($0 % 3)\t{\($0),NULL}" }
        let file = try Self.write(rows, columns, rowGroup: 300)
        for place in file.indices {
            var damaged = file
            damaged[place] ^= 0x11
            do {
                #expect(try Self.read(damaged, columns) == rows, "byte \(place)")
            } catch is ParquetError {
            } catch is RowError {
            }
        }
    }

    @Test("A long row costs no more than its length, and one that no server has is refused")
    func longRow() throws {
        let columns = [Self.column("text")]
        let rows = [String(repeating: "ü\\n\"\\\\", count: 100_000), ""]
        let file = try Self.write(rows, columns)
        #expect(try Self.read(file, columns) == rows)
        #expect(throws: RowError.tooLong(row: 1)) { try Self.read(file, columns, limit: 1 << 16) }
    }
}
