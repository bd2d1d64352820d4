import Findings
import Foundation
import Report
import Restore
import Testing

@testable import Checks
@testable import Drill

/// What would be lost, and what the number is from and to.
struct ObjectivesTests {
    /// A drill whose newest row is ten minutes older than its backup, and an hour older than the drill.
    private static func measured(
        next: TimeInterval? = nil, change: (inout Plan) -> Void = { _ in }
    ) -> MeasuredObjectives {
        let record = DrillRecord()
        record.update {
            $0.results = [
                CheckResults(
                    findings: [], tables: [], newest: record.started - 3600, newestBeforeBackup: 600, extensions: [:])
            ]
            $0.restored = 1
            $0.environment = RestoredEnvironment(
                postgres: "15", isolation: [], weakenedSettings: ["fsync": "off", "autovacuum": "off"], account: "a")
        }
        var plan = Plan(ofBackupAt: "/b")
        plan.objectives.recoveryPoint = .seconds(1800)
        change(&plan)
        return MeasuredObjectives(plan, next: next.map { record.started - $0 }, record, isComplete: true)
    }

    @Test func whatCameSinceTheNewestRowIsLost() {
        let objectives = Self.measured()
        #expect(objectives.report.recoveryPoint?.measured == 3600)
        #expect(objectives.report.recoveryPoint?.met == false)
        #expect(objectives.report.recoveryPoint?.note?.hasSuffix("to the drill") == true)
        #expect(objectives.findings.map(\.subject) == ["recoveryPoint"])
        #expect(
            objectives.findings.first?.expected
                == "at most 30 m lost, from the last commit or the newest row to the drill")
        #expect(objectives.report.newestRow?.measured == 600)
    }

    @Test func theNextBackupHasWhatCameUpToIt() {
        let objectives = Self.measured(next: 2400)
        #expect(objectives.report.recoveryPoint?.measured == 1200)
        #expect(objectives.report.recoveryPoint?.met == true)
        #expect(objectives.report.recoveryPoint?.note?.contains("to the next backup, of 20") == true)
        #expect(objectives.findings.isEmpty)
        // A file from the future does not say when the next backup was taken.
        #expect(Self.measured(next: -60).report.recoveryPoint?.measured == 3600)
    }

    @Test func nothingIsLostBehindATarget() throws {
        let target = try RecoveryTarget(position: "0/3000000")
        let objectives = Self.measured { $0.recovery.target = target }
        #expect(objectives.report.recoveryPoint?.measured == 600)
        #expect(objectives.report.recoveryPoint?.note?.hasSuffix("to the recovery target") == true)
    }

    @Test func theRecoveryTimeSaysWhatWasWeakened() {
        #expect(
            Self.measured().report.recoveryTime?.note == "measured with autovacuum = off, fsync = off")
    }

    /// One database's newest row is ten minutes older than the backup, another's fifty; of a third nothing tells.
    private static func ofSeveral(isOfOneMoment: Bool) -> MeasuredObjectives {
        let record = DrillRecord()
        record.update {
            $0.results = [("shop", 600.0), ("farm", 3000), ("idle", nil)].map { name, lag in
                var results = CheckResults(
                    findings: [], tables: [], newest: lag.map { record.started - $0 - 60 }, newestBeforeBackup: lag,
                    extensions: [:])
                results.database = name
                results.isOfOneMoment = isOfOneMoment
                return results
            }
        }
        return MeasuredObjectives(Plan(ofBackupAt: "/b"), next: nil, record, isComplete: true)
    }

    @Test func aCopyOfAServerReachesAsFarAsAnyOfItsDatabases() {
        let objectives = Self.ofSeveral(isOfOneMoment: true).report
        #expect(objectives.recoveryPoint?.measured == 660)
        #expect(objectives.recoveryPoint?.note == "from the last commit or the newest row of any database to the drill")
        #expect(objectives.newestRow?.measured == 600)
    }

    @Test func ofDumpsMadeOneAfterTheOtherTheWorstIsLost() {
        let objectives = Self.ofSeveral(isOfOneMoment: false).report
        #expect(objectives.recoveryPoint?.measured == 3060)
        #expect(
            objectives.recoveryPoint?.note
                == """
                from the last commit or the newest row of farm, whose rows are the oldest (none tells of idle) to the drill
                """)
        #expect(objectives.newestRow?.measured == 3000)
    }
}
