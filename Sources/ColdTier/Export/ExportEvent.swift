import Findings

/// What happens while an export is made or verified, for whoever shows it.
package enum ExportEvent: Sendable {
    /// A fact worth a line, such as which slices are there already.
    case note(String)
    /// What is being worked on now.
    case item(String)
    case progress(doneBytes: Int64, totalBytes: Int64)
    case finding(Finding)
}

/// Takes events as they happen; called from several tasks at once.
package typealias ExportEventSink = @Sendable (ExportEvent) -> Void
