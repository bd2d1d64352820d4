import Findings
import Foundation
import Report
import Testing

@testable import Drill

/// Phases have a begin and an end each, and may overlap.
@Suite struct PhaseTests {
    private static let start = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_790_000_000))

    private static func at(_ seconds: Int) -> Moment { start.later(by: .seconds(seconds)) }

    /// - Parameter spans: phases with the seconds at which they begin and end, in the order in which they begin.
    private static func times(_ spans: [(DrillPhase, Int, Int)]) -> PhaseTimes {
        var times = PhaseTimes()
        var events = spans.map { (at: $0.1, phase: $0.0, begins: true) }
        events += spans.map { (at: $0.2, phase: $0.0, begins: false) }
        // At the same second, one phase ends before the next begins.
        for event in events.sorted(by: { ($0.at, $0.begins ? 1 : 0) < ($1.at, $1.begins ? 1 : 0) }) {
            if event.begins {
                times.begin(event.phase, at: at(event.at))
            } else {
                times.end(event.phase, at: at(event.at))
            }
        }
        return times
    }

    @Test func phasesThatOverlapAreReportedEachWithItsOwnTimes() {
        let times = Self.times([(.restore, 0, 10), (.inspect, 2, 5), (.check, 8, 20)])
        #expect(
            times.ended == [
                Report.Phase(.restore, started: Self.at(0).date, seconds: 10),
                Report.Phase(.inspect, started: Self.at(2).date, seconds: 3),
                Report.Phase(.check, started: Self.at(8).date, seconds: 12),
            ])
    }

    @Test func aPhaseThatStillRunsEndsWithTheDrill() {
        var times = PhaseTimes()
        times.begin(.digest, at: Self.at(0))
        times.begin(.restore, at: Self.at(1))
        times.end(.digest, at: Self.at(3))
        #expect(times.ended.map(\.name) == ["digest"])
        times.endAll(at: Self.at(7))
        #expect(times.ended.map(\.seconds) == [3, 6])
    }

    @Test func aPhaseThatDoesNotRunCannotEnd() {
        var times = Self.times([(.find, 0, 1)])
        times.end(.find, at: Self.at(9))
        times.end(.check, at: Self.at(9))
        #expect(times.ended.map(\.seconds) == [1])
    }

    @Test(
        "The recovery time is the time in which a recovery phase ran",
        arguments: [
            ([(.start, 0, 2), (.restore, 2, 10), (.check, 10, 99)], 10, "phases that follow one another: their sum"),
            ([(.fetch, 0, 5), (.digest, 5, 50), (.restore, 50, 60)], 15, "what is between them does not count"),
            ([(.fetch, 0, 30), (.restore, 20, 60)], 60, "phases that overlap: from begin to end"),
            ([(.fetch, 0, 30), (.restore, 10, 20)], 30, "one within another"),
            (
                [(.restore, 0, 10), (.digest, 0, 40), (.recover, 10, 15)], 15,
                "reading the backup beside it is not recovery"
            ),
            ([(.find, 0, 7)], 0, "no recovery phase"),
        ] as [([(DrillPhase, Int, Int)], Double, String)])
    func recoveryTime(_ spans: [(DrillPhase, Int, Int)], _ seconds: Double, _ reason: String) {
        #expect(Self.times(spans).recoverySeconds == seconds, "\(reason)")
    }

    @Test("An objective is measured with it") func objective() {
        let record = DrillRecord()
        record.update {
            $0.phases = Self.times([(.fetch, 0, 30), (.restore, 20, 60)])
            $0.restored = 1
        }
        var plan = Plan(ofBackupAt: "/b")
        plan.objectives.recoveryTime = .seconds(60)
        let measured = MeasuredObjectives(plan, next: nil, record, isComplete: true)
        #expect(measured.report.recoveryTime == Report.Objective(target: 60, measured: 60, met: true))
    }

    @Test("Names of phases in a report are those of the type", arguments: DrillPhase.allCases)
    func names(_ phase: DrillPhase) {
        #expect(DrillPhase(rawValue: Report.Phase(phase, started: Date(), seconds: 0).name) == phase)
    }

    @Test("The page on the format names every phase, and those that are recovery") func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/report-format.md"), encoding: .utf8)
        let section = try #require(page.firstMatch(of: /### `phases\[\]`(?<text>[^#]+)/)).text
        for phase in DrillPhase.allCases { #expect(section.contains("`\(phase.rawValue)`")) }
        let recovery = try #require(page.firstMatch(of: /the phases (?<names>[^;]+);/)).names
        for phase in DrillPhase.allCases {
            #expect(recovery.contains("`\(phase.rawValue)`") == phase.isRecovery, "\(phase)")
        }
    }
}
