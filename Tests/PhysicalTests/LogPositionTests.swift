import Physical
import Testing

@Suite struct LogPositionTests {
    @Test(arguments: [
        ("0/0", 0 as UInt64), ("0/2000028", 0x200_0028), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", .max),
    ])
    func reads(_ text: String, _ value: UInt64) throws {
        let position = try #require(LogPosition(text))
        #expect(position.value == value)
        #expect(position.description == text)
    }

    @Test(arguments: ["", "0", "/", "0/", "/0", "0/0/0", "0/+1", "0/-1", "0/123456789", "g/0", " 0/0"])
    func refuses(_ text: String) { #expect(LogPosition(text) == nil) }

    @Test(arguments: [1 << 20, 16 << 20, 1 << 30] as [UInt64])
    func segmentsAreNamedAsTheServerNamesThem(_ size: UInt64) throws {
        let segment = LogSegment(of: try #require(LogPosition("16/B374D848")), timeline: 3, size: size)
        #expect(segment.start <= LogPosition(0x16_B374_D848) && LogPosition(0x16_B374_D848) < segment.end)
        #expect(LogSegment(name: segment.description, size: size) == segment)
        #expect(segment.next.start == segment.end)
    }

    @Test func theNameOfASegment() throws {
        let segment = LogSegment(of: try #require(LogPosition("16/B374D848")), timeline: 3, size: 16 << 20)
        #expect(segment.description == "0000000300000016000000B3")
    }

    @Test(arguments: [
        "0000000300000016000000B", "0000000300000016000000b3", "000000030000001600000100", "00000003.history",
        "0000000300000016000000B3.partial",
    ])
    func noSegments(_ name: String) { #expect(LogSegment(name: name, size: 16 << 20) == nil) }
}
