import ColdTier
import Rows
import TestSupport
import Testing

/// Random rows, random cuts, random damage; the same at each run.
@Suite struct RowFuzzTests {
    private static func text(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "bc", " ", "\"", "\"\"", "\\\\", "\\n", "\\t", "\\r", "\\b", "\\f", "\\v", ",", "N", ".", "ü", "😀",
            "{", "}", "[", "]", ":", "null", "\u{1}", "\u{1f}", "\u{7f}", "sixteen bytes ok", "\u{feff}",
        ]
        let plain = Bool.random(using: &generator)
        let count = Int.random(in: 0...40, using: &generator)
        return (0..<count).map { _ in
            plain ? ["a", "b", "ü", "\""].randomElement(using: &generator)! : pieces.randomElement(using: &generator)!
        }.joined()
    }

    private static func json(_ generator: inout SeededGenerator, depth: Int = 0) -> String {
        func string() -> String {
            let pieces = [
                "a", " ", "\\\\\"", "\\\\\\\\", "\\\\u0001", "{", "}", "[", "]", ",", "ü", "sixteen bytes ok",
            ]
            let count = Int.random(in: 0...9, using: &generator)
            return "\"" + (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined() + "\""
        }
        switch Int.random(in: 0...(depth > 6 ? 4 : 7), using: &generator) {
        case 0: return ["null", "true", "false"].randomElement(using: &generator)!
        case 1...2: return ["0", "-1.50", "1e+300", "12345678901234567890"].randomElement(using: &generator)!
        case 3...4: return string()
        case 5:
            let count = Int.random(in: 0...4, using: &generator)
            return "[" + (0..<count).map { _ in json(&generator, depth: depth + 1) }.joined(separator: ", ") + "]"
        default:
            let count = Int.random(in: 0...4, using: &generator)
            let pairs = (0..<count).map { _ in string() + ": " + json(&generator, depth: depth + 1) }
            return "{" + pairs.joined(separator: ", ") + "}"
        }
    }

    private static func columns(_ generator: inout SeededGenerator) -> [ExportColumn] {
        (0..<Int.random(in: 0...6, using: &generator)).map { index in
            let kinds: [ExportColumn.Kind] = [.number, .boolean, .json, .text]
            return ExportColumn(
                name: "\(index)" + text(&generator), type: "", kind: kinds.randomElement(using: &generator)!)
        }
    }

    private static func row(_ columns: [ExportColumn], _ generator: inout SeededGenerator) -> String {
        columns.map { column in
            if Int.random(in: 0...4, using: &generator) == 0 { return "\\N" }
            switch column.kind {
            case .number: return ["0", "-1.50", "1e-07", "NaN", "-Infinity"].randomElement(using: &generator)!
            case .boolean: return ["t", "f"].randomElement(using: &generator)!
            case .json: return json(&generator)
            case .text: return text(&generator)
            }
        }.joined(separator: "\t")
    }

    private static func cuts(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        (0..<Int.random(in: 0...5, using: &generator)).map { _ in Int.random(in: 0...count, using: &generator) }
            .sorted()
    }

    @Test("Any rows come back as they were, wherever they were cut", arguments: TextLayout.allCases)
    func identity(_ layout: TextLayout) throws {
        var generator = SeededGenerator(4)
        for _ in 0..<150 {
            let columns = Self.columns(&generator)
            let rows = (0..<Int.random(in: 0...8, using: &generator)).map { _ in Self.row(columns, &generator) }
            let bytes = try RowCodingTests.write(rows, layout, columns)
            let cuts = Self.cuts(bytes.count, &generator)
            #expect(try RowCodingTests.read(bytes, layout, columns, cuts: cuts) == rows)
        }
    }

    @Test(
        "What was damaged is refused, or is what would have been written for the rows that it gives",
        arguments: TextLayout.allCases)
    func damage(_ layout: TextLayout) throws {
        var generator = SeededGenerator(5)
        var refused = 0
        for _ in 0..<500 {
            let columns = Self.columns(&generator)
            let rows = (0..<4).map { _ in Self.row(columns, &generator) }
            var bytes = try RowCodingTests.write(rows, layout, columns)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let special = Array("\"\\,\n\t{}[]:\r0N\0".utf8).randomElement(using: &generator)!
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[place] = special
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 2: bytes.insert(special, at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            // Damaged rows need not be text any more, so they are compared as bytes.
            do {
                let found = try Self.read(bytes, layout, columns, cuts: Self.cuts(bytes.count, &generator))
                let writer = layout.writer(for: columns)
                var output = ByteBuffer()
                output.append(writer.header)
                for row in found { try row.withUnsafeBytes { try writer.append($0, number: 1, to: &output) } }
                #expect(output.bytes == bytes)
            } catch is RowError {
                refused += 1
            }
        }
        // COPY text is as good with another letter in it; of the others much is refused.
        #expect(refused > 40)
    }

    private static func read(
        _ bytes: [UInt8], _ layout: TextLayout, _ columns: [ExportColumn], cuts: [Int]
    ) throws -> [[UInt8]] {
        var reader = layout.reader(for: columns)
        var rows: [[UInt8]] = []
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) {
            try Array(bytes[from..<to]).withUnsafeBytes { try reader.read($0) { rows.append(Array($0)) } }
        }
        try reader.finish()
        return rows
    }
}
