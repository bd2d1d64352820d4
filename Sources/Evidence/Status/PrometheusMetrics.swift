import Findings
import FoundationEssentials
import Report

/// Metrics for the textfile collector of Prometheus' node_exporter.
///
/// Format: the text exposition format 0.0.4. A time is in seconds since 1970, as is the custom there.
package struct PrometheusMetrics {
    private let overview: StatusOverview

    package init(_ overview: StatusOverview) { self.overview = overview }

    package var text: String {
        let plans = overview.plans
        func each(_ value: (PlanStatus) -> Double?) -> [Sample] {
            plans.compactMap { plan in value(plan).map { Sample([("plan", plan.plan)], $0) } }
        }
        func time(_ date: Date?) -> Double? { date?.timeIntervalSince1970 }
        func objective(_ name: String, _ help: String, _ of: (Report.Objectives) -> Report.Objective?) -> [Metric] {
            [
                Metric("\(name)_seconds", help, each { $0.lastReport.flatMap { of($0.objectives)?.measured } }),
                Metric(
                    "\(name)_target_seconds", "The most that the plan allows.",
                    each { $0.lastReport.flatMap { of($0.objectives)?.target } }),
            ]
        }
        let verdicts = plans.flatMap { plan in
            plan.last.map { last in
                Verdict.allCases.map {
                    Sample([("plan", plan.plan), ("verdict", $0.rawValue)], last.verdict == $0 ? 1 : 0)
                }
            } ?? []
        }
        let metrics =
            [
                Metric(
                    "pgassay_status_timestamp_seconds", "When pgassay status looked.",
                    [Sample([], overview.now.timeIntervalSince1970)]),
                Metric(
                    "pgassay_last_drill_timestamp_seconds", "When the last drill began.",
                    each { time($0.last?.started) }),
                Metric(
                    "pgassay_last_pass_timestamp_seconds", "When the last drill began that passed.",
                    each { time($0.lastPass?.started) }),
                Metric(
                    "pgassay_drill_within_seconds", "Within which time after a drill the plan wants the next.",
                    each(\.within)),
                Metric("pgassay_last_verdict", "The verdict of the last drill: 1 for the one it was.", verdicts),
                Metric(
                    "pgassay_last_duration_seconds", "How long the last drill took.",
                    each { $0.lastReport.map { $0.finished.timeIntervalSince($0.started) } }),
                Metric(
                    "pgassay_backup_created_timestamp_seconds", "When the backup was made that was drilled last.",
                    each { time($0.lastReport?.backup.created) }),
                Metric("pgassay_backup_bytes", "Its size.", each { $0.lastReport?.backup.bytes.map(Double.init) }),
            ]
            + objective("pgassay_recovery_time", "What the last drill measured as recovery time.") { $0.recoveryTime }
            + objective("pgassay_recovery_point", "What the last drill measured as recovery point.") {
                $0.recoveryPoint
            }
            + objective("pgassay_backup_age", "How old the backup was at the last drill.") { $0.backupAge } + [concerns]
        return metrics.map(\.text).joined()
    }

    /// Every kind of every plan, so that a rule sees when one is over.
    private var concerns: Metric {
        func samples(_ plan: String, _ concerns: [Concern]) -> [Sample] {
            Concern.Kind.allCases.map { kind in
                let severity = concerns.filter { $0.kind == kind }.map(\.severity.rawValue).max() ?? 0
                return Sample([("plan", plan), ("kind", kind.rawValue)], Double(severity))
            }
        }
        return Metric(
            "pgassay_concern", "What to attend to: 0 nothing, 1 soon, 2 now. Without a plan: about all of them.",
            samples("", overview.concerns) + overview.plans.flatMap { samples($0.plan, $0.concerns) })
    }

    private struct Sample {
        let labels: [(name: String, value: String)]
        let value: Double

        init(_ labels: [(name: String, value: String)], _ value: Double) { (self.labels, self.value) = (labels, value) }
    }

    private struct Metric {
        let name, help: String
        let samples: [Sample]

        init(_ name: String, _ help: String, _ samples: [Sample]) {
            (self.name, self.help, self.samples) = (name, help, samples)
        }

        /// Empty without samples.
        var text: String {
            guard !samples.isEmpty else { return "" }
            return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + samples.map(line).joined()
        }

        private func line(_ sample: Sample) -> String {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            return name + (labels.isEmpty ? "" : "{\(labels)}") + " \(PlainNumber.text(sample.value))\n"
        }

        private static func escaped(_ value: String) -> String {
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }
}
