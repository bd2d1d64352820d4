import Testing

@testable import Values

@Suite struct RowInspectorTests {
    @Test("Fields are found wherever blocks of bytes end")
    func fields() {
        for width in 0...40 {
            let values = [
                String(repeating: "x", count: width), "", "a\\tb", "\\N", String(repeating: "y", count: width), "\\\\",
            ]
            let row = Array(values.joined(separator: "\t").utf8)
            var found: [String] = []
            var escapes: [Bool] = []
            row.withUnsafeBytes { row in
                RowFields.forEach(row) { index, field in
                    #expect(index == found.count)
                    found.append(String(decoding: field.bytes, as: UTF8.self))
                    escapes.append(field.hasEscapes)
                }
            }
            #expect(found == values)
            #expect(escapes == values.map { $0.contains("\\") })
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
        ] { Array(row.utf8).withUnsafeBytes { inspector.take($0) } }
        let found = inspector.findings
        #expect(found.map(\.nulls) == [1, 0, 0, 0, 1])
        #expect(found.map(\.misfits) == [2, 1, 1, 1, 0])
        #expect(found.map(\.unjudged) == [0, 1, 0, 0, 0])
        #expect(found[1].times.maximum?.description == "2024-01-01 10:00:00+00")
    }
}
