import Checks
import Findings
import Restore

/// What happens during a drill. The progress display, the log lines and the JSON output are renderers of these.
package enum DrillEvent: Sendable {
    /// A phase begins. The one before it may still run.
    case phase(DrillPhase)
    /// A fact worth a line, such as which backup was picked.
    case note(String)
    /// What is being worked on now.
    case item(String)
    case progress(done: Int64, total: Int64, unit: ProgressUnit)
    case finding(Finding)
}

/// Takes events as they happen; called from several tasks at once.
package typealias DrillEventSink = @Sendable (DrillEvent) -> Void
