import Compression
import TestSupport
import Testing

@testable import Parquet

/// Pages that are as they should be outside, and not within: whoever writes such a page also writes its checksum.
@Suite struct ParquetPageTests {
    private struct Page {
        var kind: PageHeader.Kind
        var body: [UInt8]
        var values: Int

        func bytes(_ encoder: ZstdBlockEncoder) throws -> [UInt8] {
            let compressed = try body.withUnsafeBytes { try encoder.encode($0) }
            return PageHeader(
                uncompressedSize: body.count, compressedSize: compressed.count,
                checksum: compressed.withUnsafeBytes(PageChecksum.of), values: values, kind: kind
            ).encoded + compressed
        }
    }

    private static func pages(_ column: ColumnSchema, _ items: [ParquetFile.Item], withDictionary: Bool) -> [Page] {
        var values = ColumnValues(column)
        for item in items { values.append(item) }
        let dictionary =
            withDictionary && column.type != .boolean
            ? values.values.withUnsafeBytes { ValueDictionary($0, count: values.count, width: column.type.width) } : nil
        let data = Page(
            kind: .data(dictionary == nil ? .plain : .dictionary), body: PageBody.encoded(values, dictionary),
            values: values.definition.count)
        guard let dictionary else { return [data] }
        return [Page(kind: .dictionary, body: dictionary.entries, values: dictionary.count), data]
    }

    @Test("They are refused, or read within their bounds")
    func random() throws {
        var generator = SeededGenerator(9)
        let file = ParquetFile.everything(rows: [90], variety: 4)
        let encoder = try ZstdBlockEncoder(SeekableZstdSettings())
        var refused = 0
        for round in 0..<3000 {
            let index = round % file.columns.count
            let column = file.columns[index]
            var pages = Self.pages(
                column, file.groups[0].map { $0[index] }, withDictionary: Bool.random(using: &generator))
            let changed = pages.indices.randomElement(using: &generator)!
            // The first bytes are lengths and levels: there a change does the most.
            let end = min(pages[changed].body.count, Bool.random(using: &generator) ? 12 : .max)
            let place = Int.random(in: 0..<end, using: &generator)
            switch Int.random(in: 0...5, using: &generator) {
            case 0: pages[changed].body[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: pages[changed].body[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: pages[changed].body.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            case 3: pages[changed].body.removeSubrange(place...)
            case 4: pages[changed].values += [-1, 1, 7, 1000].randomElement(using: &generator)!
            default: pages.swapAt(0, pages.count - 1)
            }
            let bytes = try Footer.magic + pages.flatMap { try $0.bytes(encoder) }
            var reader = try ParquetReader([column], limits: .init(pageBytes: 1 << 20, places: 1 << 16))
            do {
                try bytes.withUnsafeBytes { bytes in
                    try reader.read(bytes) { columns, rows in
                        #expect(rows <= 1 << 16)
                        for level in columns[0].definition where level == column.maximumDefinition {
                            columns[0].withNext { value in
                                #expect(column.type.width == nil || column.type.width == value.count)
                            }
                        }
                    }
                }
            } catch is ParquetError {
                refused += 1
            }
        }
        #expect(refused > 1000, "\(refused)")
    }
}
