import Evidence
import Findings
import FoundationEssentials
import Ledger
import Pages
import Report

/// What a pack says of its time, plan by plan: as its entries and its reports have it.
struct Overview {
    let contents: PackContents
    let plans: [Plan]
    let waiting: [WaitingReports.Waiting]
    let actions: [CorrectiveActions.Item]

    struct Plan {
        let name: String
        /// How many drills there must have been at least; nil where the plan does not say.
        var due: Int?
        var started = 0
        var ended: [Ended] = []
        /// How many have no end.
        var unended = 0
        /// How many ended without a report.
        var withoutReport = 0
        var inspections = 0
        var recoveryTimes: [Double] = []
        var recoveryPoints: [Double] = []
    }

    struct Ended {
        let entry: NumberedEntry
        /// Nil if it is not in the pack.
        let report: Report?
    }

    init(
        _ contents: PackContents, _ entries: [NumberedEntry], _ reports: [PackedReport], _ actions: CorrectiveActions
    ) {
        self.contents = contents
        let window = entries.filter { $0.entry.time >= contents.from && $0.entry.time < contents.to }
        let byDigest = Dictionary(reports.map { ($0.sha256, $0) }, uniquingKeysWith: { $1 })
        let unended = Set(UnendedDrills.all(in: entries).map(\.index))
        var plans = Self.scheduled(contents, entries)
        for numbered in window {
            let entry = numbered.entry
            guard let name = entry.plan else { continue }
            var plan = plans[name] ?? Plan(name: name)
            switch entry.kind {
            case .started:
                plan.started += 1
                if unended.contains(numbered.index) { plan.unended += 1 }
            case .finished where entry.envelope == nil: plan.withoutReport += 1
            case .finished:
                let report = entry.envelope.flatMap { byDigest[$0] }?.content.report
                plan.ended.append(Ended(entry: numbered, report: report))
                if let measured = report?.objectives.recoveryTime?.measured { plan.recoveryTimes.append(measured) }
                if let measured = report?.objectives.recoveryPoint?.measured { plan.recoveryPoints.append(measured) }
            case .inspected: plan.inspections += 1
            default: continue
            }
            plans[name] = plan
        }
        self.plans = plans.values.sorted { $0.name < $1.name }
        let packed = Set(window.compactMap(\.entry.envelope))
        waiting = WaitingReports.all(in: entries).filter { packed.contains($0.entry.entry.envelope ?? "") }
        self.actions = actions.items
    }

    /// All plans that were drilled before the end of the time, also those of which there was no drill in it: who left them out would
    /// hide a timer that was off. Drills are due from the first one of a plan on, and not after the pack was made.
    private static func scheduled(_ contents: PackContents, _ entries: [NumberedEntry]) -> [String: Plan] {
        var (plans, first): ([String: Plan], [String: Date]) = ([:], [:])
        for entry in entries.map(\.entry) where entry.kind == .started && entry.time < contents.to {
            guard let name = entry.plan else { continue }
            let from = max(contents.from, first[name] ?? entry.time)
            first[name] = first[name] ?? entry.time
            var plan = Plan(name: name)
            // As the plan said it last.
            if let within = entry.nextWithin, within > 0 {
                let length = min(contents.to, contents.created).timeIntervalSince(from)
                plan.due = max(0, Int(length / TimeInterval(within)))
            }
            plans[name] = plan
        }
        return plans
    }

    // MARK: Text

    var text: ShownText {
        var text: ShownText = """
            Drills from \(Timestamp.plain(contents.from)) to \(Timestamp.plain(contents.to))

            Made \(Timestamp.plain(contents.created)) by \(contents.tool), from \(counted(contents.size, "entry", "entries")) of \
            \(contents.origin).
            Whether all of it is genuine is told by whoever verifies it: VERIFY.md.

            """
        for plan in plans { text += "\n" + Self.text(of: plan) }
        text += "\nApprovals that are missing\n"
        for one in waiting {
            text += "  \(one.entry.entry.file ?? "entry \(one.entry.index)"): \(one.missing.joined(separator: ", "))\n"
        }
        if waiting.isEmpty { text += "  none\n" }
        text += "\nCorrective actions\n"
        for item in actions {
            guard let finding = item.finding else { continue }
            let state = item.isOpen ? "open" : "closed by \(item.retests.first(where: \.closed)?.file ?? "")"
            text += "  \(finding.description), of \(item.reportFile): \(state); \(item.annotation.words)\n"
        }
        if !actions.contains(where: { $0.finding != nil }) { text += "  none\n" }
        return text
    }

    private static func text(of plan: Plan) -> ShownText {
        let verdicts = plan.ended.compactMap(\.entry.entry.verdict)
        func count(_ verdict: Verdict) -> Int { verdicts.count { $0 == verdict } }
        var text: ShownText = "Plan \(plan.name)\n"
        text += "  drills due      \(plan.due.map { "at least \($0)" } ?? "the plan does not say how often")\n"
        text += "  drills begun    \(plan.started)\n"
        text +=
            "  passed          \(count(.passed))\n  failed          \(count(.failed))\n  could not tell  \(count(.inconclusive))\n"
        text += "  without an end  \(plan.unended)\n  without report  \(plan.withoutReport)\n"
        if plan.inspections > 0 { text += "  inspections     \(plan.inspections), which restore nothing\n" }
        text += "  recovery time   \(figures(plan.recoveryTimes))\n"
        text += "  recovery point  \(figures(plan.recoveryPoints))\n"
        for ended in plan.ended where ended.entry.entry.verdict != .passed || ended.report == nil {
            let entry = ended.entry.entry
            let why =
                ended.report.map { report in
                    let failed = report.checks.filter { $0.status == .failed || $0.status == .inconclusive }
                    let names = failed.map { "\($0.id): \($0.place)" }
                    return (report.cause?.rawValue ?? "") + (names.isEmpty ? "" : ": \(firstOf(names))")
                } ?? "its report is not in this pack"
            text +=
                "  \(Timestamp.plain(entry.time))  \(entry.verdict?.rawValue ?? "?")  \(entry.file ?? ""): \(why)\n"
        }
        return text
    }

    private static func figures(_ values: [Double]) -> String {
        guard let worst = values.max(), let median = values.median else { return "not measured" }
        return
            "worst \(HumanUnits.duration(worst)), median \(HumanUnits.duration(median)), of \(counted(values.count, "drill"))"
    }
}
