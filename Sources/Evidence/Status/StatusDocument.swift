import Evidence
import Findings
import FoundationEssentials
import Report

/// The overview as JSON. Times are in UTC, durations in seconds; what is not known is absent.
package struct StatusDocument: Encodable {
    private let time: Date
    private let concerns: [ConcernDocument]
    private let plans: [PlanDocument]

    private struct ConcernDocument: Encodable {
        let kind, severity, words: String

        init(_ concern: Concern) {
            (kind, severity, words) = (concern.kind.rawValue, concern.severity.word, concern.words)
        }
    }

    private struct PlanDocument: Encodable {
        let plan: String
        let concerns: [ConcernDocument]
        let lastDrill: DrillDocument?
        let lastPass: DrillDocument?
        let drillWithin: Double?
        let backup: BackupDocument?
        let objectives: Report.Objectives?
    }

    private struct DrillDocument: Encodable {
        let started: Date
        let verdict: Verdict
        let cause: Cause?
        let file: String?

        init(_ drill: SeenDrill) {
            (started, verdict, cause, file) = (drill.started, drill.verdict, drill.cause, drill.file)
        }
    }

    private struct BackupDocument: Encodable {
        let name: String
        let bytes: Int64?
        let created: Date?
    }

    package init(_ overview: StatusOverview) {
        time = overview.now
        concerns = overview.concerns.map(ConcernDocument.init)
        plans = overview.plans.map { plan in
            PlanDocument(
                plan: plan.plan, concerns: plan.concerns.map(ConcernDocument.init),
                lastDrill: plan.last.map(DrillDocument.init), lastPass: plan.lastPass.map(DrillDocument.init),
                drillWithin: plan.within,
                backup: plan.lastReport.map {
                    BackupDocument(name: $0.backup.name, bytes: $0.backup.bytes, created: $0.backup.created)
                }, objectives: plan.lastReport?.objectives)
        }
    }
}
