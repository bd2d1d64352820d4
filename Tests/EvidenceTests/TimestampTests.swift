import Foundation
import Testing

@testable import Evidence
@testable import Report

/// Times in signed bytes: exact to the millisecond, and nothing but what they say.
struct TimestampTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_795_407_127.25, "2026-11-23T04:12:07.250Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
        (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
        (253_402_300_798, "9999-12-31T23:59:58.000Z"),
    ])
    func writesAndReads(_ seconds: Double, _ text: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(Timestamp.format(date) == text)
        #expect(Timestamp.parse(text) == date)
    }

    @Test("Every millisecond of a second survives; a formatter that truncates loses some")
    func everyMillisecondSurvives() {
        for millisecond in 0..<1000 {
            let fraction = String(repeating: "0", count: 3 - String(millisecond).count) + String(millisecond)
            let date = Date(timeIntervalSince1970: Double(1_795_407_127_000 + millisecond) / 1000)
            #expect(Timestamp.format(date) == "2026-11-23T04:12:07.\(fraction)Z")
            #expect(Timestamp.parse(Timestamp.format(date)) == date)
        }
    }

    @Test func roundsToTheNearestMillisecond() {
        #expect(Timestamp.format(Date(timeIntervalSince1970: 0.9996)) == "1970-01-01T00:00:01.000Z")
    }

    @Test(arguments: [
        ("2026-11-23T04:12:07Z", 7.0), ("2026-11-23T04:12:07.5Z", 7.5), ("2026-11-23T04:12:07.1239Z", 7.123),
    ])
    func readsOtherFractions(_ text: String, _ seconds: Double) {
        #expect(
            Timestamp.parse(text)
                == Date(timeIntervalSince1970: (1_795_407_120_000 + (seconds * 1000).rounded()) / 1000))
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23 04:12:07Z", "2026-11-23T04:12:07", "2026-11-23T04:12:07+01:00",
        "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T04:60:07Z", "2026-11-23T04:12:60Z", "2026-11-23T04:12:07.Z", "2026-11-23T04:12:07Z ",
        "٢٠٢٦-11-23T04:12:07Z",
    ])
    func refuses(_ text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func aYearThatCannotBeWrittenIsNoTime() {
        for year in [-1e15, 1e15, .infinity, -.infinity, .nan] {
            let backup = Report.Backup(
                kind: "dump", format: "custom", location: "x", bytes: 1, created: Date(timeIntervalSince1970: year),
                createdBasis: "archive header", whyThisOne: "named")
            #expect(backup.created == nil)
            #expect(backup.createdBasis == nil)
        }
    }
}
