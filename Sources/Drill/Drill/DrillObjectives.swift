import Causes
import Evidence
import Findings
import Foundation
import PlanKeys
import Report

/// The plan's objectives against what the drill measured.
struct MeasuredObjectives {
    let report: Report.Objectives
    /// How far ahead a clock may be, in seconds.
    private static let tolerance = 900.0

    /// One for each objective that was missed or could not be measured.
    let findings: [Finding]

    /// - Parameters:
    ///   - isComplete: the drill came to its end, so what is missing cannot be measured any more.
    init(_ plan: Objectives, _ record: DrillRecord, isComplete: Bool) {
        let state = record.current
        let created = state.description?.created
        // A restore that did not come to its end has no time.
        let recoveryTime = state.isRestored ? state.phases.recoverySeconds : nil
        // A clock may be a little fast; a backup from the future is of no age at all.
        let age = created.map { record.started.timeIntervalSince($0) }.flatMap { $0 < -Self.tolerance ? nil : $0 }
        let rows: [(id: String, words: String, target: Duration?, measured: Double?, reason: String)] = [
            (
                "recoveryTime", "to have the backup here and restored", plan.recoveryTime, recoveryTime,
                "the restore was not finished"
            ),
            (
                "recoveryPoint", "from the last commit or the newest row to the time up to which the backup has data",
                plan.recoveryPoint,
                state.results?.recoveryPoint,
                "no column of times tells how recent the rows are; see the check freshness"
            ),
            (
                "backupAge", "from the backup's time to the drill", plan.backupAge,
                age.map { max(0, $0) },
                created == nil
                    ? "the backup does not say when it was made"
                    : "the backup's time is later than this machine's clock: check the clocks, and \(PlanKey.backupTimeZone) of the plan"
            ),
        ]
        let objectives = rows.map { row -> Report.Objective? in
            guard row.target != nil || row.measured != nil else { return nil }
            let target = row.target.map { Double($0.components.seconds) }
            let met = target.flatMap { target in row.measured.map { $0 <= target } }
            return Report.Objective(
                target: target, measured: row.measured, met: met, reason: row.measured == nil ? row.reason : nil)
        }
        report = Report.Objectives(
            recoveryTime: objectives[0], recoveryPoint: objectives[1], backupAge: objectives[2])
        findings = zip(rows, objectives).compactMap { row, objective in
            guard let objective, let target = objective.target, objective.met != true, isComplete else { return nil }
            let rule = cause(of: objective.met == false ? .objectiveMissed : .objectiveNotMeasured)
            return Finding(
                id: .objectives, subject: row.id, status: rule.status, basis: .plan,
                expected: "at most \(HumanUnits.duration(target)) \(row.words)",
                observed: objective.measured.map(HumanUnits.duration),
                reason: rule.cause == .objective ? rule.reason : row.reason, cause: rule.cause)
        }
    }
}
