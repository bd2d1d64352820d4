import Causes
import Evidence
import Findings
import Foundation
import PlanKeys
import Report
import Restore

/// The plan's objectives against what the drill measured.
struct MeasuredObjectives {
    let report: Report.Objectives
    /// One for each objective that was missed or could not be measured.
    let findings: [Finding]

    /// How far ahead a clock may be, in seconds.
    private static let tolerance = 900.0

    /// One of them.
    private struct Row {
        /// As the report calls it.
        let id: String
        /// What is measured, behind `at most 30 m`.
        let words: String
        let target: Duration?
        /// Seconds.
        let measured: Double?
        /// Why it could not be measured.
        let reason: String
        /// What one must know to read the number.
        var note: String?

        var objective: Report.Objective? {
            guard target != nil || measured != nil else { return nil }
            let target = target.map { Double($0.components.seconds) }
            return Report.Objective(
                target: target, measured: measured,
                met: target.flatMap { target in measured.map { $0 <= target } }, reason: measured == nil ? reason : nil,
                note: measured == nil ? nil : note)
        }
    }

    /// - Parameters:
    ///   - next: when the next backup was taken; nil if there is none, or if that is not known.
    ///   - isComplete: the drill came to its end, so what is missing cannot be measured any more.
    init(_ plan: Plan, next: Date?, _ record: DrillRecord, isComplete: Bool) {
        let state = record.current
        let rows = [
            Self.recoveryTime(plan, state), Self.recoveryPoint(plan, next: next, record), Self.newestRow(state),
            Self.backupAge(plan, record),
        ]
        let objectives = rows.map(\.objective)
        report = Report.Objectives(
            recoveryTime: objectives[0], recoveryPoint: objectives[1], newestRow: objectives[2],
            backupAge: objectives[3])
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

    private static func recoveryTime(_ plan: Plan, _ state: DrillRecord.State) -> Row {
        let weakened = state.environment?.weakenedSettings.sorted { $0.key < $1.key } ?? []
        let notes =
            (weakened.isEmpty
                ? [] : ["measured with " + weakened.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")])
            + (state.secondsElsewhere.map {
                ["with \(HumanUnits.duration($0)) of the restore job that came before the drill"]
            } ?? [])
        return Row(
            id: "recoveryTime", words: "to have the backup here and restored",
            target: plan.objectives.recoveryTime,
            // A restore that did not come to its end has no time.
            measured: state.isRestored ? state.phases.recoverySeconds + (state.secondsElsewhere ?? 0) : nil,
            reason: "the restore was not finished",
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    /// What would be lost if this backup was all that is left: all that came after its newest row, up to the next backup, or
    /// up to now. Who recovers to a target asked for nothing after it.
    private static func recoveryPoint(_ plan: Plan, next: Date?, _ record: DrillRecord) -> Row {
        let state = record.current
        let (measured, end): (Double?, String)
        if plan.recovery.target != .latest {
            (measured, end) = (state.newestBeforeBackup, "the recovery target")
        } else if let next, next < record.started {
            (measured, end) = (
                state.newest.map(next.timeIntervalSince), "the next backup, of \(Timestamp.plain(next))"
            )
        } else {
            (measured, end) = (state.newest.map(record.started.timeIntervalSince), "the drill")
        }
        return Row(
            id: "recoveryPoint", words: "lost, from the last commit or the newest row to \(end)",
            target: plan.objectives.recoveryPoint, measured: measured.map { max(0, $0) }, reason: noTimes,
            note: "from the last commit or the newest row\(state.newestWords) to \(end)")
    }

    private static func newestRow(_ state: DrillRecord.State) -> Row {
        Row(
            id: "newestRow", words: "", target: nil, measured: state.newestBeforeBackup, reason: noTimes)
    }

    private static let noTimes = "no column of times tells how recent the rows are; see the check freshness"

    private static func backupAge(_ plan: Plan, _ record: DrillRecord) -> Row {
        let created = record.current.description?.created
        // A clock may be a little fast; a backup from the future is of no age at all.
        let age = created.map { record.started.timeIntervalSince($0) }.flatMap { $0 < -tolerance ? nil : $0 }
        return Row(
            id: "backupAge", words: "from the backup's time to the drill", target: plan.objectives.backupAge,
            measured: age.map { max(0, $0) },
            reason: created == nil
                ? "the backup does not say when it was made"
                : "the backup's time is later than this machine's clock: check the clocks, and \(PlanKey.backupTimeZone) of the plan"
        )
    }
}
