import Findings
import Logging

private let log = Logger(label: "cause")

/// Every error that a drill can meet, and whose fault it is. The first row that applies decides; nothing else does.
///
/// The question behind every row is: would the same backup restore on a machine that has all it needs? If so, the error
/// is the environment's fault. An error that leaves nothing out of the restore is harmless. An error that no row knows
/// is neither blamed on the backup nor ignored: it counts as the environment's fault.
///
/// `docs/causes.md` is written from these rows, and every row is tested on real servers and programs.
package let causeTable: [CauseRule] = causeGroups.flatMap(\.rules) + [unknownCause]

/// All rows but the last (``unknownCause``), in the order in which they are tried.
package let causeGroups: [(title: String, rules: [CauseRule])] = [
    ("Server errors during the restore", restoreRules), ("Server errors during a check", checkRules),
    ("Server errors about the machine", serverRules), ("How programs of a restore end", programRules),
    ("What ends a drill or decides it", drillRules),
]

package let unknownCause = CauseRule(
    "unknown", [], met: [], .environment,
    "pgassay has no rule for this error, so it does not blame the backup; read the error",
    page: "causes.md#an-error-that-no-row-knows")

/// Whose fault an error is.
package func cause(of error: MetError, in circumstances: Circumstances = Circumstances()) -> CauseRule {
    let rule = causeTable.first { $0.applies(to: error, in: circumstances) } ?? unknownCause
    let looked = (rule.when.map(\.words) + [error.grounds].compactMap { $0 }).joined(separator: ", and ")
    log.debug(
        "\(error.sign) while \(error.phase.rawValue): \(rule.cause?.rawValue ?? "harmless"), by the row \(rule.id)\(looked.isEmpty ? "" : ", as \(looked)")"
    )
    return rule
}

/// Whose fault a problem is that pgassay noticed itself.
/// - Parameter subject: what it is about, for the log.
package func cause(
    of state: DrillState, while phase: Phase = .drilling, in circumstances: Circumstances = Circumstances(),
    about subject: String? = nil
) -> CauseRule {
    var error = MetError(phase, .state(state))
    error.subject = subject
    return cause(of: error, in: circumstances)
}
