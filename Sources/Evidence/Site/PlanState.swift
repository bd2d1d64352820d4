import Evidence
import Findings
import FoundationEssentials
import Ledger
import Pages
import Report
import Status

/// How a plan stands, as its drills and its ledger have it.
struct PlanState: Sendable {
    let name: String
    let page: String
    /// Of the whole: the worst of the drill and the schedule.
    let look: String
    /// The verdict of the last drill.
    let mark: Mark
    let last: Link?
    let passed: Link?
    let backup: String?
    let objectives: [Objective]
    let schedule: Mark
    let scheduleWords: String
    /// What somebody must attend to.
    let concerns: [Concern]
    /// What is missing or unexplained.
    let gaps: [String]
    let drills: Int
    let history: History
    /// Its objectives, of the last drill.
    struct Objective: Sendable {
        let name: String
        let words: String
        let mark: Mark
    }

    /// As `pgassay status` has it.
    struct Concern: Sendable {
        let words: String
        let mark: Mark
    }

    struct Link: Sendable {
        let time: String
        let ago: String
        let page: String
    }

    /// - Parameter drills: of the plan, in the order in which they started.
    init(_ name: String, _ drills: [ReportCatalogue.Entry], _ contents: SiteContents, from folder: String = "") {
        self.name = name
        page = folder + SiteNames.page(ofPlan: name)
        func link(_ entry: ReportCatalogue.Entry) -> Link {
            Link(
                time: Timestamp.plain(entry.report.started),
                ago: HumanUnits.duration(max(0, contents.now.timeIntervalSince(entry.report.started))),
                page: folder + SiteNames.page(ofReport: entry.file.lastComponent?.string ?? ""))
        }
        let newest = drills.last?.report
        mark = newest.map { Mark($0.verdict, $0.cause) } ?? .plain("no report")
        last = drills.last.map(link)
        passed = drills.last { $0.report.verdict == .passed }.map(link)
        backup = newest?.backup.nameAndSize
        objectives = newest.map { Self.objectives($0.objectives) } ?? []
        self.drills = drills.count
        history = History(drills.map { ($0.report, link($0).page) })

        let entries = contents.audit?.entries ?? []
        let begins = entries.filter { $0.entry.kind == .started && $0.entry.plan == name }
        let overdue = DrillGap.all(in: entries, now: contents.now).first { $0.plan == name && $0.end == nil }
        if let overdue {
            schedule = .bad("overdue")
            scheduleWords =
                "the last drill began \(HumanUnits.duration(overdue.length)) ago; the plan wants one within \(HumanUnits.duration(overdue.limit))"
        } else if let limit = begins.last?.entry.nextWithin {
            schedule = .good("in time")
            scheduleWords = "the plan wants a drill within \(HumanUnits.duration(TimeInterval(limit)))"
        } else {
            schedule = .plain("no schedule")
            scheduleWords =
                contents.audit == nil ? "there is no ledger" : "the plan does not say how often it is drilled"
        }
        let indexes = Set(entries.filter { $0.entry.plan == name }.map(\.index))
        gaps = (contents.audit?.remarks ?? []).filter { remark in
            (remark.kind == .unexplained || remark.kind == .damaged) && remark.entry.map(indexes.contains) == true
        }.map(\.words)
        let status = PlanStatus(name, contents.facts)
        concerns = status.concerns.map {
            Concern(words: $0.words, mark: $0.severity == .now ? .bad("now") : .unsure("soon"))
        }
        look = status.severity == .now ? "bad" : status.severity == nil && gaps.isEmpty ? "good" : "unsure"
    }

    private static func objectives(_ objectives: Report.Objectives) -> [Objective] {
        let all: [(String, Report.Objective?)] = [
            ("recovery time", objectives.recoveryTime), ("recovery point", objectives.recoveryPoint),
            ("backup age", objectives.backupAge),
        ]
        return all.compactMap { name, objective in
            guard let objective, let measured = objective.measured else { return nil }
            let target = objective.target.map { " of at most \(HumanUnits.duration($0))" } ?? ""
            let mark: Mark = objective.met.map { $0 ? .good("met") : .bad("missed") } ?? .plain("no target")
            return Objective(name: name, words: HumanUnits.duration(measured) + target, mark: mark)
        }
    }

    /// Every plan of which there is a report or an entry, those first that need somebody.
    static func all(_ contents: SiteContents) -> [PlanState] {
        let byPlan = Dictionary(grouping: contents.reports.entries, by: \.report.plan)
        let known = Set(byPlan.keys).union(
            (contents.audit?.entries ?? []).filter { $0.entry.kind == .started }.compactMap(\.entry.plan))
        let order = ["bad": 0, "unsure": 1, "good": 2]
        return known.map { PlanState($0, byPlan[$0] ?? [], contents) }
            .sorted { (order[$0.look] ?? 1, $0.name) < (order[$1.look] ?? 1, $1.name) }
    }
}
