import Foundation
import Restore
import Testing

@Suite struct RecoveryTargetTests {
    @Test(arguments: [
        ("2026-11-25 14:30:00.25+01", "2026-11-25 13:30:00.25+00"), ("2026-11-25T14:30Z", "2026-11-25 14:30:00+00"),
        ("2026-01-01 00:15:30 UTC", "2026-01-01 00:15:30+00"), ("2026-01-01 00:15-0930", "2026-01-01 09:45:00+00"),
    ])
    func timesAreGivenToTheServerInUTC(_ written: String, _ utc: String) throws {
        guard case .time(let date, let given) = try RecoveryTarget(time: written) else {
            Issue.record("no time")
            return
        }
        #expect(given == utc)
        let seconds = utc.replacing("+00", with: "Z").replacing(" ", with: "T").replacing(".25", with: "")
        #expect(abs(date.timeIntervalSince(try Date(seconds, strategy: .iso8601))) < 1)
    }

    @Test(arguments: ["2026-11-25 14:30:00", "2026-11-25", "2026-13-25 14:30Z", "now", "2026-11-25 14:30+1"])
    func timesThatAreNone(_ text: String) {
        #expect(throws: RecoveryTargetError.self) { _ = try RecoveryTarget(time: text) }
    }
}
