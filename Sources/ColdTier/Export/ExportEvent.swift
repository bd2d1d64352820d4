import Findings

/// Something that happens while an export is made or verified, to be shown to a person.
package enum ExportEvent: Sendable {
    /// A fact that gets a line of its own, such as which slices are there already.
    case note(String)
    /// What the export works on now.
    case item(String)
    case progress(doneBytes: Int64, totalBytes: Int64)
    case finding(Finding)
}

/// Takes events as they happen; called from several tasks at once.
package typealias ExportEventSink = @Sendable (ExportEvent) -> Void
