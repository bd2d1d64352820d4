import Evidence
import Findings
import FoundationEssentials
import Pages
import Report

extension StatusOverview {
    /// For people.
    package var text: ShownText {
        var text = headline
        for concern in concerns { text += "\n\(concern.shown)" }
        if !concerns.isEmpty { text += "\n" }
        for plan in plans { text += "\n" + Self.text(of: plan, now) }
        return text
    }

    private var headline: ShownText {
        let plans = "\(plans.count { $0.severity != nil }) of \(counted(plans.count, "plan"))"
        return switch severity {
        case nil where self.plans.isEmpty: ReportText.headline(.inconclusive, "NOTHING: no plan was drilled here.")
        case nil:
            ReportText.headline(.passed, "GOOD: \(counted(self.plans.count, "plan")), nothing to attend to.")
        case .soon: ReportText.headline(.inconclusive, "ATTEND SOON: \(plans).")
        case .now: ReportText.headline(.failed, "ATTEND NOW: \(plans).")
        }
    }

    private static func text(of plan: PlanStatus, _ now: Date) -> ShownText {
        func ago(_ time: Date) -> String {
            "\(Timestamp.plain(time)), \(HumanUnits.duration(now.timeIntervalSince(time))) ago"
        }
        var text: ShownText = "Plan \(plan.plan)\n"
        for concern in plan.concerns { text += "  \(concern.shown)\n" }
        if let last = plan.last {
            text += "  last drill      \(last.verdict.rawValue), \(ago(last.started))\n"
        } else {
            text += "  last drill      none\n"
        }
        text += "  last pass       \(plan.lastPass.map { ago($0.started) } ?? "none")\n"
        if let report = plan.lastReport {
            let created = report.backup.created.map(ago) ?? "of an unknown time"
            text += "  backup          \(report.backup.name), \(created)\n"
            text += "  recovery time   \(words(report.objectives.recoveryTime))\n"
            text += "  recovery point  \(words(report.objectives.recoveryPoint))\n"
        }
        return text
    }

    private static func words(_ objective: Report.Objective?) -> String {
        let target = objective?.target.map { ", the plan allows \(HumanUnits.duration($0))" } ?? ""
        return (objective?.measured.map(HumanUnits.duration) ?? "not measured") + target
    }
}

extension Concern {
    fileprivate var shown: ShownText {
        switch severity {
        case .now: "NOW   \(words)"
        case .soon: "soon  \(words)"
        }
    }
}
