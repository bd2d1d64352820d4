import Evidence
import Findings
import Testing

struct HumanUnitsTests {
    @Test(arguments: [
        (0.0, "0 ms"), (0.0004, "0 ms"), (0.42, "420 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (12.34, "12.3 s"),
        (59.94, "59.9 s"), (59.96, "1 m"), (60, "1 m"), (252, "4 m 12 s"), (3599.4, "59 m 59 s"), (3599.6, "1 h"),
        (11_100, "3 h 5 m"), (7199, "2 h"), (86_399, "1 d"), (187_200, "2 d 4 h"), (-303, "-5 m 3 s"),
        (-0.0001, "0 ms"),
        (.nan, "unknown"), (.infinity, "unknown"), (1e300, "unknown"),
    ])
    func durations(_ seconds: Double, _ text: String) {
        #expect(HumanUnits.duration(seconds) == text)
    }

    @Test("No duration reads 60 s, 60 m or 24 h: the larger unit takes over")
    func noUnitOverflows() {
        for tenth in stride(from: 0.0, to: 200_000, by: 6.37) {
            let words = HumanUnits.duration(tenth).split(separator: " ")
            for (number, unit) in zip(words, words.dropFirst()) {
                let limit = ["ms": 1000.0, "s": 60, "m": 60, "h": 24][unit]
                #expect(limit.map { Double(number) ?? 0 < $0 } ?? true, "\(words)")
            }
        }
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1049, "1.0 kB"), (1050, "1.1 kB"), (999_949, "999.9 kB"),
            (999_950, "1.0 MB"), (1_234_567_890, "1.2 GB"), (999_999_999_999, "1.0 TB"), (Int64.max, "9.2 EB"),
            (Int64.min, "-9.2 EB"), (-1500, "-1.5 kB"),
        ] as [(Int64, String)])
    func sizes(_ count: Int64, _ text: String) {
        #expect(HumanUnits.bytes(count) == text)
    }
}
