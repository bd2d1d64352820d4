import Testing

@testable import Physical

/// Which timeline's segment a server takes.
@Suite struct LogTimelinesTests {
    private static let history = "1\t0/5000000\tno recovery target specified\n\n2\t0/9800000\tbefore 2026-11-25\n"

    @Test func alongTheNewest() {
        let timelines = LogTimelines(
            from: 1, segmentSize: 16 << 20, histories: [2: "1\t0/5000000\tx\n", 3: Self.history])
        #expect(timelines.candidates(4) == [1])
        #expect(timelines.candidates(5) == [2, 1])
        #expect(timelines.candidates(9) == [3, 2, 1])
    }

    @Test func ofAServerOnALaterOne() {
        let timelines = LogTimelines(from: 2, segmentSize: 16 << 20, histories: [3: Self.history])
        #expect(timelines.candidates(8) == [2])
        #expect(timelines.candidates(9) == [3, 2])
    }

    @Test(arguments: ["", "x", "7\t0/1000000\tof another server\n", "1\tnonsense\n"])
    func withoutAHistoryOfItsOwn(text: String) {
        #expect(LogTimelines(from: 1, segmentSize: 16 << 20, histories: [2: text]).candidates(99) == [1])
    }
}
