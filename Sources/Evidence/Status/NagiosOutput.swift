import Findings

/// What a plugin of Nagios, Icinga and their kin prints, and its exit code.
///
/// Format: Monitoring Plugins Development Guidelines: one line of status, `|`, performance data, then more lines.
package struct NagiosOutput {
    private let overview: StatusOverview

    package init(_ overview: StatusOverview) { self.overview = overview }

    /// OK 0, WARNING 1, CRITICAL 2, UNKNOWN 3.
    package var exitCode: Int32 {
        switch overview.severity {
        case nil: overview.plans.isEmpty ? 3 : 0
        case .soon: 1
        case .now: 2
        }
    }

    package static let unknown: Int32 = 3

    package static func word(_ code: Int32) -> String {
        switch code {
        case 0: "OK"
        case 1: "WARNING"
        case 2: "CRITICAL"
        default: "UNKNOWN"
        }
    }

    package var text: String {
        let all =
            overview.concerns.map { ("", $0) }
            + overview.plans.flatMap { plan in plan.concerns.map { (plan.plan, $0) } }
        let lines = all.sorted { $0.1.severity > $1.1.severity }.map { plan, concern in
            Self.plain((plan.isEmpty ? "" : "\(plan): ") + concern.words)
        }
        let summary =
            if let first = lines.first {
                first + (lines.count > 1 ? " (and \(lines.count - 1) more)" : "")
            } else {
                overview.plans.isEmpty
                    ? "no plan was drilled here" : "\(counted(overview.plans.count, "plan")), nothing to attend to"
            }
        let data = overview.plans.flatMap(performance).joined(separator: " ")
        return "PGASSAY \(Self.word(exitCode)) - \(summary)" + (data.isEmpty ? "" : " | \(data)") + "\n"
            + lines.dropFirst().map { $0 + "\n" }.joined()
    }

    /// Without what would end the text: a bar begins performance data, a line end the next part.
    private static func plain(_ text: String) -> String {
        String(text.map { $0 == "|" ? "/" : $0.isNewline ? " " : $0 })
    }

    /// `'label'=value[unit];warn;crit`.
    private func performance(_ plan: PlanStatus) -> [String] {
        func datum(_ name: String, _ value: Double?, limit: Double?) -> String? {
            guard let value, value.isFinite else { return nil }
            let label = Self.plain("\(plan.plan) \(name)").replacing("=", with: "-").replacing("'", with: "''")
            return "'\(label)'=\(PlainNumber.text(value))s;;\(limit.map(PlainNumber.text) ?? "")"
        }
        let objectives = plan.lastReport?.objectives
        return [
            datum("last pass", plan.lastPass.map { overview.now.timeIntervalSince($0.started) }, limit: plan.within),
            datum("recovery time", objectives?.recoveryTime?.measured, limit: objectives?.recoveryTime?.target),
            datum("recovery point", objectives?.recoveryPoint?.measured, limit: objectives?.recoveryPoint?.target),
            datum("backup age", objectives?.backupAge?.measured, limit: objectives?.backupAge?.target),
        ].compactMap { $0 }
    }
}

/// Numbers as monitors read them: no exponent, at most three decimals.
enum PlainNumber {
    static func text(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded()
        guard thousandths.magnitude < 9e15 else { return "\(Int64(clamping: Int(exactly: value.rounded()) ?? .max))" }
        let (whole, rest) = Int64(thousandths).quotientAndRemainder(dividingBy: 1000)
        let sign = thousandths < 0 ? "-" : ""
        let digits = String(rest.magnitude)
        let fraction = rest == 0 ? "" : "." + String(repeating: "0", count: 3 - digits.count) + digits
        return sign + String(whole.magnitude) + fraction
    }
}
