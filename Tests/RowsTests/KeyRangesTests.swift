import Rows
import Testing

@Suite struct KeyRangesTests {
    private static func hash(_ text: String) -> RowHash.Value {
        Array(text.utf8).withUnsafeBytes { RowHash.Value(of: $0) }
    }

    private static func ranges(_ keys: some Sequence<Int64>, most: Int = 16) -> KeyRanges {
        var ranges = KeyRanges(atMost: most)
        for key in keys { ranges.add(row: hash("\(key)\tx"), at: position("\(key)", .integer)) }
        ranges.finish()
        return ranges
    }

    private static func position(_ text: String, _ order: KeyOrder) -> UInt64? {
        Array(text.utf8).withUnsafeBytes { order.position(of: $0) }
    }

    @Test("Positions have the order of the values, and give their texts again")
    func positions() throws {
        let values: [(KeyOrder, [String])] = [
            (.integer, ["-9223372036854775808", "-1", "0", "1", "42", "9223372036854775807"]),
            (
                .time,
                [
                    "-infinity", "0044-03-15 00:00:00 BC", "1969-12-31 23:59:59.5", "2022-07-01 12:00:00", "infinity",
                ]
            ),
        ]
        for (order, texts) in values {
            let positions = try texts.map { try #require(Self.position($0, order), "\($0)") }
            #expect(positions == positions.sorted() && Set(positions).count == positions.count)
            #expect(positions.map(order.text) == texts)
        }
        let uuid = try #require(Self.position("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", .uuid))
        #expect(KeyOrder.uuid.text(uuid) == "f81d4fae-7dec-11d0")
        for text in ["", "-", "\\N", "1.5", "9223372036854775808", "99999999999999999999999999"] {
            #expect(Self.position(text, .integer) == nil, "\(text)")
        }
        #expect(Self.position("5874897-12-31", .time) == .max)
        #expect(Self.position("f81d4fae-7dec-11d0-a765", .uuid) == nil)
    }

    @Test(
        "Ranges are few, lie beside each other, and hold every row, whatever its key is",
        arguments: [
            Array(1...10_000), Array((-5000...5000).map { $0 * 1_000_003 }), [1, 2, 3],
            Array(1...5000) + [Int64.max, Int64.min], Array(stride(from: 0, to: Int64.max - (1 << 50), by: 1 << 50)),
        ] as [[Int64]])
    func divided(keys: [Int64]) {
        let found = Self.ranges(keys)
        #expect(found.parts.count <= 16 && found.total.rows == Int64(keys.count) && found.elsewhere.rows == 0)
        #expect(zip(found.parts, found.parts.dropFirst()).allSatisfy { $0.last < $1.first })
        for part in found.parts {
            let length = part.last - part.first &+ 1
            #expect(length.nonzeroBitCount <= 1 && (length == 0 || part.first % length == 0))
        }
        var generator = SystemRandomNumberGenerator()
        #expect(Self.ranges(keys.shuffled(using: &generator)).total == found.total)
    }

    @Test("A few thousand rows, and one far away, still give small ranges")
    func outlier() {
        let found = Self.ranges(Array(1...4096) + [1 << 60])
        #expect(found.parts.count > 4)
    }

    @Test("In a table that was read in the order of its keys, no range has much more rows than the others")
    func balanced() {
        for count in [20_000, 65_600, 100_000] {
            let found = Self.ranges(1...Int64(count), most: 256)
            #expect(found.parts.map(\.digest.rows).max() ?? 0 <= Int64(count) / 32, "\(count)")
            #expect(found.parts.count > 32, "\(count)")
        }
    }

    @Test("A range names no single key") func noKeys() {
        let found = Self.ranges([5, 1_000_000, 1 << 60])
        #expect(found.parts.count == 1)
        let far = Self.ranges(Array(1...500) + [1 << 60], most: 8)
        #expect(far.parts.allSatisfy { $0.last - $0.first >= 31 })
        #expect(far.parts.last?.digest.rows == 1)
    }

    @Test("The ranges of parts of a table add up")
    func sums() {
        var sum = Self.ranges(1...3000)
        sum.add(Self.ranges(2500...9000, most: 4))
        var whole = Self.ranges(1...3000).total
        whole.add(Self.ranges(2500...9000).total)
        #expect(sum.total == whole && sum.parts.count <= 16)
    }

    @Test("Rows are put into given ranges, and what fits none is elsewhere")
    func given() {
        let source = Self.ranges(1...4096)
        var copy = KeyRanges(like: source)
        for key in 1...4096 where key != 77 {
            copy.add(row: Self.hash("\(key)\t\(key == 4000 ? "y" : "x")"), at: Self.position("\(key)", .integer))
        }
        copy.add(row: Self.hash("-5\tx"), at: Self.position("-5", .integer))
        let different = zip(source.parts, copy.parts).filter { $0 != $1 }.map(\.0)
        #expect(different.count == 2)
        for (part, key) in zip(different, ["77", "4000"]) {
            let position = Self.position(key, .integer) ?? 0
            #expect(part.first <= position && position <= part.last)
        }
        #expect(copy.elsewhere.rows == 1)
    }
}

@Suite struct RowSketchTests {
    private let key = RowKey(columns: 2, key: [0], order: .integer)

    private func sketch(_ rows: some Sequence<String>) -> RowSketch {
        var all = KeyedRows(key, KeyRanges(atMost: 4))
        for row in rows { Array(row.utf8).withUnsafeBytes { all.add(row: $0) } }
        return all.sketch
    }

    @Test("The rows that differ come out, however many are the same", arguments: [0, 1, 2, 10, 15])
    func differences(changes: Int) throws {
        let source = (0..<5000).map { "\($0)\tsame" }
        var copy = source
        for index in 0..<changes { copy[index * 7] = "\(index * 7)\tother" }
        let found = sketch(source).difference(to: sketch(copy.shuffled()))
        let difference = try #require(found)
        #expect(difference.missing.count == changes && difference.added.count == changes)
        #expect(Set(difference.missing.map(\.key)) == Set(difference.added.map(\.key)))
    }

    @Test("A row that is missing and one too many are told apart by their keys")
    func missing() throws {
        let difference = try #require(sketch(["1\ta", "2\tb"]).difference(to: sketch(["2\tb", "3\tc"])))
        let hashes = ["1\t", "3\t"].map { row in Array(row.utf8).withUnsafeBytes { key.hash(of: $0) } }
        #expect(difference.missing.map(\.key) == [hashes[0]] && difference.added.map(\.key) == [hashes[1]])
    }

    @Test("Too many differences are not told at all")
    func tooMany() {
        #expect(sketch((0..<500).map { "\($0)\ta" }).difference(to: sketch([])) == nil)
    }

    @Test("Stored, it is the same again; nothing else is one")
    func stored() {
        let some = sketch(["1\ta", "2\tb"])
        #expect(RowSketch(some.bytes) == some && some.bytes.count == RowSketch.size)
        #expect(RowSketch([1, 2, 3]) == nil)
    }

    @Test("Made-up numbers give an answer or none, and end")
    func madeUp() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<RowSketch.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(RowSketch(bytes)?.difference(to: RowSketch()) == nil)
        }
        var repeated = RowSketch()
        for _ in 0..<3 { repeated.add(sketch(["1\ta"])) }
        #expect(repeated.difference(to: RowSketch()) == nil)
    }
}
