import Evidence
import Findings
import FoundationEssentials
import Ledger
import Report

/// What there is to attend to in one plan.
struct ConcernRules {
    let plan: String
    /// In the order in which they started.
    let drills: [SeenDrill]
    /// Entries of drills that began, in their order.
    let begins: [NumberedEntry]
    /// In seconds.
    let within: Double?
    let facts: StatusFacts

    var concerns: [Concern] {
        never + failing + passTooOld + backupTooOld + unended + untold + worsening + approvals + overdue
    }

    private func ago(_ time: Date) -> String { HumanUnits.duration(facts.now.timeIntervalSince(time)) + " ago" }

    // MARK: Drills

    private var never: [Concern] {
        guard drills.isEmpty, begins.isEmpty else { return [] }
        return [Concern(.neverDrilled, .now, "it was never drilled")]
    }

    /// The last drill did not pass: since when, and why.
    private var failing: [Concern] {
        guard let last = drills.last, last.verdict != .passed else { return [] }
        let since = drills.lastIndex { $0.verdict == .passed }.map { drills[$0 + 1] } ?? drills[0]
        let count = drills.count { $0.started >= since.started }
        let times = count == 1 ? "" : ", \(count) drills, since \(Timestamp.plain(since.started))"
        let cause = last.cause.map { " (cause: \($0.rawValue))" } ?? ""
        let file = last.file.map { ": see \($0)" } ?? ""
        return switch last.verdict {
        case .failed:
            [Concern(.failing, .now, "its last drill, \(ago(last.started)), failed\(cause)\(times)\(file)")]
        default:
            [
                Concern(
                    .couldNotTell, .soon, "its last drill, \(ago(last.started)), could not tell\(cause)\(times)\(file)")
            ]
        }
    }

    private var passTooOld: [Concern] {
        guard let within else { return [] }
        let limit = HumanUnits.duration(within)
        guard let pass = drills.last(where: { $0.verdict == .passed }) else {
            // A plan that was never drilled is told as that.
            return drills.isEmpty && begins.isEmpty
                ? [] : [Concern(.passTooOld, .now, "no drill of it has passed; the plan wants one within \(limit)")]
        }
        guard facts.now.timeIntervalSince(pass.started) > within else { return [] }
        return [
            Concern(
                .passTooOld, .now,
                "its last drill that passed began \(ago(pass.started)); the plan wants one within \(limit)")
        ]
    }

    /// Between two drills a backup ages, so that much is allowed besides the plan's limit.
    private var backupTooOld: [Concern] {
        guard let report = drills.last(where: { $0.report != nil })?.report, let created = report.backup.created,
            let target = report.objectives.backupAge?.target
        else { return [] }
        let missed = report.objectives.backupAge?.met == false
        let age = facts.now.timeIntervalSince(created)
        guard missed || age > target + (within ?? .infinity) else { return [] }
        return [
            Concern(
                .backupTooOld, .now,
                "the backup of the last drill is of \(Timestamp.plain(created)), \(ago(created)); "
                    + "the plan wants none older than \(HumanUnits.duration(target)) at a drill"
            )
        ]
    }

    /// A drill that takes much longer than those before may have been killed.
    private var unended: [Concern] {
        let longest = drills.compactMap(\.report).map { $0.finished.timeIntervalSince($0.started) }.max()
        let patience = longest.map { max(3600, 3 * $0) } ?? 86_400
        return UnendedDrills.sinceLastReport(of: plan, in: facts.entries)
            .filter { facts.now.timeIntervalSince($0.entry.time) > patience || $0.index != begins.last?.index }
            .map { begun in
                Concern(
                    .unended, .soon,
                    "a drill began \(ago(begun.entry.time)) and has no end (entry \(begun.index) of the ledger): it was killed, or still runs"
                )
            }
    }

    /// Who should have heard of the last drill, and did not.
    private var untold: [Concern] {
        guard let run = begins.last?.entry.run else { return [] }
        return facts.entries.filter { $0.entry.run == run && $0.entry.notifier != nil }
            .map { Concern(.untold, .soon, "of its last drill, \($0.entry.text ?? "somebody was not told")") }
    }

    // MARK: Trends

    /// How many drills make the present, how many more at most the past, and how many the past needs.
    private static let (present, past, leastPast) = (3, 10, 3)
    /// By which factor, and at least how many seconds, something must have grown to be worth a word.
    private static let (growth, leastGrowth) = (1.5, 10.0)

    private var worsening: [Concern] {
        typealias Measure = (name: String, value: (Report.Objectives) -> Report.Objective?)
        let measures: [Measure] = [
            ("recovery time", { $0.recoveryTime }), ("recovery point", { $0.recoveryPoint }),
        ]
        return measures.compactMap { measure in
            let values = drills.compactMap { $0.report.flatMap { measure.value($0.objectives)?.measured } }
            let before = values.dropLast(Self.present).suffix(Self.past)
            guard before.count >= Self.leastPast, let now = values.suffix(Self.present).median,
                let then = before.median,
                now >= then * Self.growth, now - then >= Self.leastGrowth
            else { return nil }
            let target = drills.last { $0.report != nil }?.report.flatMap { measure.value($0.objectives)?.target }
            let limit = target.map { "; the plan allows \(HumanUnits.duration($0))" } ?? ""
            return Concern(
                .worsening, .soon,
                "its \(measure.name) grows: \(HumanUnits.duration(now)) in the last \(Self.present) drills, \(HumanUnits.duration(then)) in the \(before.count) before (medians)\(limit)"
            )
        }
    }

    // MARK: People

    private var approvals: [Concern] {
        WaitingReports.all(in: facts.entries, refusing: facts.refusedApprovals).filter { $0.entry.entry.plan == plan }
            .map { waiting in
                let report = waiting.entry.entry.file ?? "entry \(waiting.entry.index)"
                return Concern(
                    .approval, .soon,
                    "\(report), \(ago(waiting.entry.entry.time)), waits for approval by \(waiting.missing.joined(separator: ", "))"
                )
            }
    }

    private var overdue: [Concern] {
        facts.actions.items.compactMap { item in
            guard item.isOpen, item.annotation.report.plan == plan, let due = item.annotation.due,
                let finding = item.finding,
                due < Timestamp.day(facts.now)
            else { return nil }
            let owner = item.annotation.owner.map { ", owner \($0)" } ?? ""
            return Concern(
                .overdue, .soon, "the finding \(finding) is still open; its corrective action was due on \(due)\(owner)"
            )
        }
    }
}
